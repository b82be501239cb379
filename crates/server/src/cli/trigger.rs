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
    collect::{Ask, rupees_text, sign_payment},
};
use serde_json::Value;
use std::time::Duration;

/// How often is looked whether the checkout has moved on.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Looks before it is given up: twenty seconds.
const LOOKS_MAX: usize = 200;

/// Rupees of payments that the sandbox's acquirer disputes: for long, and for three seconds. Source: docs/sandbox-bank.md.
const DISPUTED_RUPEES: i64 = 7_701;
const DISPUTED_SOON_RUPEES: i64 = 7_703;

/// Paise of a refund that the sandbox's acquirer refuses. Source: docs/sandbox-bank.md.
const REFUSED_PAISE: i64 = 2;

/// What to make happen.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    who: AsMerchant,
    /// payment.succeeded, payment.failed, refund.initiated, refund.completed, refund.failed, dispute.raised or dispute.resolved
    #[arg(value_parser = parse_kind)]
    event: Kind,
    /// Rupees; those of a dispute are the sandbox's
    #[arg(long, value_name = "RUPEES", default_value = "10", value_parser = parse_rupees)]
    amount: Paise,
}

fn parse_kind(word: &str) -> Result<Kind, String> {
    let all = Kind::ALL.into_iter().find(|kind| kind.name() == word);
    all.ok_or_else(|| {
        let names: Vec<&str> = Kind::ALL.into_iter().map(Kind::name).collect();
        format!("no such event: there are {}", names.join(", "))
    })
}

fn parse_rupees(text: &str) -> Result<Paise, String> {
    let amount = Paise::parse_rupees(text).filter(|amount| *amount >= LEAST);
    amount.ok_or_else(|| "no amount of one rupee or more".to_owned())
}

/// A rupee: what a refused refund takes must be less.
const LEAST: Paise = match Paise::from_rupees(1) {
    Some(rupee) => rupee,
    None => Paise::ZERO,
};

/// How the sandbox is made to do it.
struct Plan {
    /// What the customer pays.
    amount: Paise,
    /// Whether the customer pays at all.
    pays: bool,
    /// What is refunded then.
    refund: Option<Paise>,
}

impl Plan {
    fn of(event: Kind, amount: Paise) -> Self {
        let rupees = |rupees| Paise::from_rupees(rupees).unwrap_or(amount);
        let (pays, amount, refund) = match event {
            Kind::PaymentSucceeded => (true, amount, None),
            Kind::PaymentFailed => (false, amount, None),
            Kind::RefundInitiated | Kind::RefundCompleted => (true, amount, Some(amount)),
            Kind::RefundFailed => {
                let refused = Paise::new((amount.whole_rupees() - 1) * 100 + REFUSED_PAISE);
                (true, amount, refused)
            }
            Kind::DisputeRaised => (true, rupees(DISPUTED_RUPEES), None),
            Kind::DisputeResolved => (true, rupees(DISPUTED_SOON_RUPEES), None),
        };
        Self { amount, pays, refund }
    }
}

/// Makes it happen.
pub async fn run(args: Args) -> Result<(), Failure> {
    let (caller, gateway) = (Caller::new()?, args.who.gateway()?);
    let plan = Plan::of(args.event, args.amount);
    let begin = position(&caller, &gateway).await?;
    let txnid = format!("TRIGGER-{:08x}", chance::number() >> 32);
    let checkout = open(&caller, &gateway, &txnid, plan.amount).await?;
    let form = if plan.pays {
        "attempt=1&lang=en&method=upi&vpa=anything%40payu"
    } else {
        "attempt=1&lang=en&method=card&card_number=6011111111111117&card_expiry=12%2F39&card_cvv=123&card_name=Asha+Rao"
    };
    send(&caller, &gateway, &format!("{checkout}/pay"), form).await?;
    let mut refund = plan.refund;
    for _ in 0..LOOKS_MAX {
        let events = caused(&caller, &gateway, begin, &txnid).await?;
        let of = |kind: Kind| events.iter().find(|event| event["type"] == kind.name());
        if let Some(event) = of(args.event) {
            let text = |name: &str| event[name].as_str().unwrap_or_default();
            let (kind, payment) = (text("type"), text("payment_id"));
            print::line(&format!(
                "event {}  {kind}  paymentId {payment}  txnid {txnid}",
                event["id"]
            ));
            return Ok(());
        }
        match of(Kind::PaymentSucceeded) {
            Some(paid) => {
                if let Some(amount) = refund.take() {
                    ask_back(&caller, &gateway, &paid["payment_id"], amount).await?;
                }
            }
            None => move_on(&caller, &gateway, &checkout, plan.pays).await?,
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Err(Failure::Said(format!("nothing came of payment {txnid} in time")))
}

/// Refunds some of a payment, as its merchant.
async fn ask_back(caller: &Caller, gateway: &Gateway, payment: &Value, amount: Paise) -> Result<(), Failure> {
    let payment = payment.as_str().unwrap_or_default();
    let form = format!("paymentId={payment}&refundAmount={}", rupees_text(amount));
    let headers = [
        ("authorization", gateway.authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let url = format!("{}/payment/merchant/refundPayment", gateway.url);
    let sent = caller.call(Method::POST, &url, &headers, form.into_bytes()).await;
    let answer = sent.map_err(|why| Failure::Said(format!("the sandbox does not answer: {why}")))?;
    if answer.status == 200 {
        return Ok(());
    }
    let said = answer.json();
    let sentence = said["message"].as_str().unwrap_or("no reason");
    Err(Failure::Said(format!(
        "the sandbox refuses the refund: {sentence}"
    )))
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

/// The events of this payment so far.
async fn caused(caller: &Caller, gateway: &Gateway, begin: i64, txnid: &str) -> Result<Vec<Value>, Failure> {
    let found = caller
        .get(gateway, &format!("/api/v1/events?after={begin}"))
        .await?;
    let events = found["events"].as_array().into_iter().flatten();
    Ok(events
        .filter(|event| event["merchant_transaction_id"] == txnid)
        .cloned()
        .collect())
}

/// What a customer does who waits: comes back from the bank, or gives up once a way to pay has failed.
async fn move_on(caller: &Caller, gateway: &Gateway, checkout: &str, pays: bool) -> Result<(), Failure> {
    if pays {
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
