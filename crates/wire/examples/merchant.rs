//! A merchant's program, without its HTTP client: ask for a payment and believe its post-back; ask for a payout, poll it,
//! take its callback.
//!
//! `cargo run -p rokad-wire --example merchant` prints what would be posted, and plays Rokad's part of the talk with
//! the same crate, so that it runs without a server.

use rokad_domain::{Paise, Private, UnixMs, payout::Beneficiary};
use rokad_wire::{
    chance,
    collect::{Ask, PostBackStatus, Signed, sign_payment, verify_post_back},
    payout::{Callback, Order, OrderId, SealKey, Status, accepted, request, sign_poll, verify_callback},
};
use std::error::Error;

const KEY: &str = "gtKFFx";
const SALT: &str = "eCwWELxi";
const PID: &str = "2323232323";
const SECRET: &str = "s3cr3t-key-001";

fn main() -> Result<(), Box<dyn Error>> {
    collect()?;
    pay_out()
}

fn collect() -> Result<(), Box<dyn Error>> {
    let ask = Ask {
        txnid: "T100000001",
        amount: Paise::from_rupees(125).ok_or("the amount is out of range")?,
        productinfo: "Blue pen",
        firstname: "Asha",
        email: "asha@example.com",
        phone: "9876543210",
        surl: "https://shop.example/paid",
        furl: "https://shop.example/failed",
        ..Ask::default()
    };
    println!("A form that the customer's browser posts to /_payment, with these hidden fields:");
    for (name, text) in sign_payment(&ask, KEY, SALT) {
        println!("  {name} = {text}");
    }

    let body = post_back(); // what the browser brings to surl
    let told = verify_post_back(body.as_bytes(), KEY, &[SALT])?;
    if (told.txnid.as_str(), told.amount) != (ask.txnid, ask.amount) {
        return Err("verified, but not what was asked for: do not ship".into());
    }
    match told.status {
        PostBackStatus::Success => {
            println!("\n{} is paid by payment {}: ship it", told.txnid, told.payment_id)
        }
        PostBackStatus::Failure => println!("\n{} is not paid: {}", told.txnid, told.error_message),
        PostBackStatus::Pending => println!("\n{} is not known yet: ask later", told.txnid),
    }
    let changed = body.replace("amount=125.00", "amount=1.00");
    let refused = verify_post_back(changed.as_bytes(), KEY, &[SALT]).map(|told| told.amount);
    println!("The same with another amount: {refused:?}\n");
    Ok(())
}

/// Rokad's part: what it posts to surl, shortened to what is under the hash and the payment's number.
fn post_back() -> String {
    let signed = Signed {
        key: KEY,
        txnid: "T100000001",
        amount: "125.00",
        productinfo: "Blue pen",
        firstname: "Asha",
        email: "asha@example.com",
        udf: [""; 10],
    };
    let hash = signed.response_hash("success", None, SALT);
    format!(
        "status=success&txnid=T100000001&amount=125.00&productinfo=Blue+pen&firstname=Asha\
         &email=asha%40example.com&key={KEY}&payuMoneyId=1000000042&hash={hash}"
    )
}

fn pay_out() -> Result<(), Box<dyn Error>> {
    let order = order().ok_or("the order breaks a rule")?;
    println!(
        "POST /payout/api/request.php\n{}\n",
        String::from_utf8(request::render(PID, &order))?
    );

    let answer = accepted::render(&"77".repeat(64), Status::Pending); // what Rokad answers
    let accepted = accepted::read(&answer).ok_or("no acceptance: poll before you ask again")?;
    println!(
        "The payout is {:?}; keep its ref_code: {}\n",
        accepted.status, accepted.ref_code
    );

    let poll = sign_poll(PID, &accepted.ref_code, SECRET);
    println!(
        "POST /payout/api/status_polling.php\n{}\n",
        serde_json::to_string(&poll)?
    );

    let body = callback(&order, &accepted.ref_code); // what Rokad posts to the callback URL
    let told = verify_callback(&body, SECRET)?;
    println!(
        "Order {} is {:?}: {} of {} paid, UTR {}",
        told.order_id, told.status, told.processed, told.requested, told.bank_ref
    );
    println!(r#"Answer 200 {{"hash_status":"Hash Matched","acknowledge":"yes"}}"#);
    Ok(())
}

fn order() -> Option<Order> {
    Some(Order {
        order_id: OrderId::parse("6876mhnytg")?,
        amount: Paise::from_rupees(8_128)?,
        to: Beneficiary {
            account_no: Private::new("784731234567".to_owned()),
            account_holder: Private::new("user1".to_owned()),
            ifsc: "SBIN0000002".to_owned(),
            bank: "SBI".to_owned(),
            bank_address: "Pune".to_owned(),
            email: Private::new(String::new()),
            phone: Private::new(String::new()),
        },
    })
}

fn callback(order: &Order, ref_code: &str) -> Vec<u8> {
    let now = UnixMs(1_676_113_440_000);
    Callback {
        order,
        ref_code,
        status: Status::Approved,
        bank_ref: "432112345678",
        sender_pg: "SBI current",
        request_time: now,
        action_time: now,
        log: &[],
    }
    .render(&SealKey::from_secret(SECRET), chance::fill())
}
