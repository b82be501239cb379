//! `rokad trigger`: makes an event in a sandbox, as a customer would. The payment is a real one of the sandbox: it goes through
//! every step, and the book stays true.

use crate::cli::{
    Failure,
    caller::{Answer, AsMerchant, Caller, Gateway},
    listen::position,
    print,
};
use hyper::{Method, header::LOCATION};
use rokad_domain::{Paise, event::Kind};
use rokad_wire::{
    chance,
    collect::{Ask, sign_payment},
};
use serde_json::Value;
use std::time::Duration;

/// How often is looked whether the checkout has moved on.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Looks before it is given up: twenty seconds.
const LOOKS_MAX: usize = 200;

/// What to make happen.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    who: AsMerchant,
    /// payment.succeeded or payment.failed
    #[arg(value_parser = parse_kind)]
    event: Kind,
    /// Rupees
    #[arg(long, value_name = "RUPEES", default_value = "10", value_parser = parse_rupees)]
    amount: Paise,
}

fn parse_kind(word: &str) -> Result<Kind, String> {
    match Kind::ALL.into_iter().find(|kind| kind.name() == word) {
        Some(kind @ (Kind::PaymentSucceeded | Kind::PaymentFailed)) => Ok(kind),
        Some(
            Kind::RefundInitiated
            | Kind::RefundCompleted
            | Kind::RefundFailed
            | Kind::DisputeRaised
            | Kind::DisputeResolved,
        ) => Err("this cannot be triggered yet: payment.succeeded and payment.failed can".to_owned()),
        None => Err("no such event: there are payment.succeeded and payment.failed".to_owned()),
    }
}

fn parse_rupees(text: &str) -> Result<Paise, String> {
    let amount = Paise::parse_rupees(text).filter(|amount| !amount.is_zero());
    amount.ok_or_else(|| "no amount in rupees".to_owned())
}

/// Makes it happen.
pub async fn run(args: Args) -> Result<(), Failure> {
    let (caller, gateway) = (Caller::new()?, args.who.gateway()?);
    let begin = position(&caller, &gateway).await?;
    let txnid = format!("TRIGGER-{:08x}", chance::number() >> 32);
    let checkout = open(&caller, &gateway, &txnid, args.amount).await?;
    match args.event {
        Kind::PaymentSucceeded => {
            let form = "attempt=1&lang=en&method=upi&vpa=anything%40payu";
            send(&caller, &gateway, &format!("{checkout}/pay"), form).await?;
        }
        Kind::PaymentFailed
        | Kind::RefundInitiated
        | Kind::RefundCompleted
        | Kind::RefundFailed
        | Kind::DisputeRaised
        | Kind::DisputeResolved => {
            let form = "attempt=1&lang=en&method=card&card_number=6011111111111117&card_expiry=12%2F39\
                        &card_cvv=123&card_name=Asha+Rao";
            send(&caller, &gateway, &format!("{checkout}/pay"), form).await?;
        }
    }
    for _ in 0..LOOKS_MAX {
        if let Some(event) = caused(&caller, &gateway, begin, &txnid).await? {
            let text = |name: &str| event[name].as_str().unwrap_or_default();
            let (kind, payment) = (text("type"), text("payment_id"));
            print::line(&format!(
                "event {}  {kind}  paymentId {payment}  txnid {txnid}",
                event["id"]
            ));
            return Ok(());
        }
        move_on(&caller, &gateway, &checkout, args.event).await?;
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Failure::Said(format!("nothing came of payment {txnid} in time")))
}

/// Opens a payment of the sandbox's merchant. Its checkout.
async fn open(caller: &Caller, gateway: &Gateway, txnid: &str, amount: Paise) -> Result<String, Failure> {
    let only_there = || Failure::Said("events are triggered in a sandbox only".to_owned());
    let facts = gateway.sandbox.as_ref().ok_or_else(only_there)?;
    let text = |pointer: &str| {
        facts
            .pointer(pointer)
            .and_then(Value::as_str)
            .ok_or_else(only_there)
    };
    let ask = Ask {
        txnid,
        amount,
        productinfo: "A triggered payment",
        firstname: "Asha",
        email: "asha@example.com",
        phone: "9876543210",
        surl: "https://shop.example/paid",
        furl: "https://shop.example/failed",
        ..Ask::default()
    };
    let form = sign_payment(&ask, text("/collect/key")?, text("/collect/salt")?);
    let encoded = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let form: Vec<String> = form
        .iter()
        .map(|(name, text)| format!("{name}={}", encoded(text)))
        .collect();
    let answer = send(caller, gateway, "/_payment", &form.join("&")).await?;
    let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    location
        .map(|location| location.trim_start_matches(&gateway.url).to_owned())
        .ok_or_else(|| Failure::Said(format!("the sandbox refuses the payment: HTTP {}", answer.status)))
}

/// A form of the checkout, sent.
async fn send(caller: &Caller, gateway: &Gateway, path: &str, form: &str) -> Result<Answer, Failure> {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let url = format!("{}{path}", gateway.url);
    let sent = caller
        .call(Method::POST, &url, &headers, form.as_bytes().to_vec())
        .await;
    sent.map_err(|why| Failure::Said(format!("the sandbox does not answer: {why}")))
}

/// The event of this payment, once it is there.
async fn caused(
    caller: &Caller,
    gateway: &Gateway,
    begin: i64,
    txnid: &str,
) -> Result<Option<Value>, Failure> {
    let found = caller
        .get(gateway, &format!("/api/v1/events?after={begin}"))
        .await?;
    let mut events = found["events"].as_array().into_iter().flatten();
    Ok(events
        .find(|event| event["merchant_transaction_id"] == txnid)
        .cloned())
}

/// What a customer does who waits: comes back from the bank, or gives up once a way to pay has failed.
async fn move_on(caller: &Caller, gateway: &Gateway, checkout: &str, event: Kind) -> Result<(), Failure> {
    if event == Kind::PaymentSucceeded {
        let url = format!("{}{checkout}/return", gateway.url);
        return match caller.call(Method::GET, &url, &[], Vec::new()).await {
            Ok(_) => Ok(()),
            Err(why) => Err(Failure::Said(format!("the sandbox does not answer: {why}"))),
        };
    }
    // Refused until the way has failed; the form names the attempt that would be next.
    send(
        caller,
        gateway,
        &format!("{checkout}/give-up"),
        "attempt=2&lang=en",
    )
    .await
    .map(drop)
}
