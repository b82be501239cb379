//! `rokad listen`: a developer's machine hears of events as they happen, without being reachable from outside.
//!
//! It asks the gateway for what is new, posts to a local address exactly what a webhook would be posted, and prints what that
//! answered. A gateway that is restarted is waited for, and nothing that happened meanwhile is missed.

use crate::cli::{
    Failure,
    caller::{AsMerchant, Caller, Gateway, Refused},
    print,
};
use hyper::Method;
use rokad_domain::event::Kinds;
use rokad_store::clock::Stopwatch;
use serde_json::Value;
use std::time::Duration;

/// Before the gateway is asked again when it did not answer.
const PAUSE: Duration = Duration::from_millis(500);

/// Seconds for which the gateway holds its answer back when nothing is new.
const WAIT_SECONDS: u32 = 20;

/// What to hear of, and who is told.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    who: AsMerchant,
    /// Where what a webhook would be posted is posted; without it, events are only printed
    #[arg(long, value_name = "URL")]
    forward_to: Option<String>,
    /// Only these: payment.succeeded, payment.failed, refund, dispute, or all
    #[arg(long, value_name = "EVENT", default_value = "all", value_delimiter = ',', value_parser = parse_kinds)]
    events: Vec<Kinds>,
}

fn parse_kinds(word: &str) -> Result<Kinds, String> {
    Kinds::named(word).ok_or_else(|| "no such event".to_owned())
}

/// Listens until it is interrupted.
pub async fn run(args: Args) -> Result<(), Failure> {
    let caller = Caller::new()?;
    let wanted = args.events.iter().copied().fold(Kinds::default(), Kinds::and);
    let gateway = args.who.gateway()?;
    let begin = caller.get(&gateway, "/api/v1/events?after=last").await?;
    let mut position = begin["position"].as_i64().unwrap_or(0);
    let to = args.forward_to.as_deref();
    print::line(&format!(
        "Listening to {}{}. Ctrl-C ends it.",
        gateway.url,
        to.map_or_else(String::new, |to| format!(", forwarding to {to}"))
    ));
    let mut is_away = false;
    loop {
        let path = format!("/api/v1/events?after={position}&wait={WAIT_SECONDS}");
        // A sandbox may come back at another address.
        let found = match args.who.gateway() {
            Ok(gateway) => caller.get(&gateway, &path).await,
            Err(failure) => Err(Refused::Unreached(failure.to_string())),
        };
        let found = match found {
            Ok(found) => found,
            Err(Refused::Said(why)) => return Err(Failure::Said(why)),
            Err(Refused::Unreached(why)) => {
                if !is_away {
                    print::line(&format!("The gateway does not answer ({why}); waiting for it."));
                }
                is_away = true;
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        if is_away {
            print::line("The gateway answers again.");
        }
        is_away = false;
        for event in found["events"].as_array().into_iter().flatten() {
            tell(&caller, wanted, to, event).await;
        }
        position = found["position"].as_i64().unwrap_or(position);
    }
}

/// Forwards an event, and prints a line of it.
async fn tell(caller: &Caller, wanted: Kinds, to: Option<&str>, event: &Value) {
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    let is_wanted = Kinds::named(text("type")).is_some_and(|kinds| kinds.iter().all(|kind| wanted.has(kind)));
    if !is_wanted {
        return;
    }
    let outcome = match (to, event["body"].as_str()) {
        (Some(to), Some(body)) => forward(caller, to, event, body).await,
        _ => String::new(),
    };
    let (number, at, kind) = (&event["id"], text("created_at"), text("type"));
    let (payment, txnid) = (text("payment_id"), text("merchant_transaction_id"));
    print::line(&format!(
        "{at}  event {number}  {kind:<17}  paymentId {payment}  txnid {txnid}{outcome}"
    ));
}

async fn forward(caller: &Caller, to: &str, event: &Value, body: &str) -> String {
    let headers = event["headers"].as_object().into_iter().flatten();
    let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    let ours = [
        ("content-type", "application/json"),
        ("user-agent", concat!("Rokad/", env!("CARGO_PKG_VERSION"))),
    ];
    let headers: Vec<(&str, &str)> = ours.into_iter().chain(headers).collect();
    let watch = Stopwatch::start();
    let answer = caller
        .call(Method::POST, to, &headers, body.as_bytes().to_vec())
        .await;
    let took = watch.elapsed_ms();
    match answer {
        Ok(answer) => format!("  -> HTTP {} in {took} ms", answer.status),
        Err(why) => format!("  -> not reached: {why}"),
    }
}

/// Where a trigger begins to look for what it caused.
pub async fn position(caller: &Caller, gateway: &Gateway) -> Result<i64, Failure> {
    let last = caller.get(gateway, "/api/v1/events?after=last").await?;
    Ok(last["position"].as_i64().unwrap_or(0))
}
