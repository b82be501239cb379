//! `rokad merchant`: adds, lists and shows merchants, and changes their keys.

use crate::{
    cli::{
        Failure,
        place::{Place, actor},
        print,
    },
    sandbox::secrets::{fresh_secrets, new_collect_key, new_pid},
};
use rokad_domain::{
    BasisPoints, Paise,
    account::Account,
    charge::{FeeOnReturn, FeePlan},
    payout::IMPS_RUPEES_MAX,
    settlement,
};
use rokad_flows::{
    directory::{MerchantEntry, SecretKind, parse_addresses},
    merchant::{self, NewMerchant},
};
use rokad_store::{book, merchant::Terms};
use serde_json::json;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Adds a merchant and prints its secrets, once
    Add(AddArgs),
    /// Lists all merchants
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Shows a merchant, without its secrets
    Show {
        #[command(flatten)]
        place: Place,
        /// The merchant
        pid: String,
    },
    /// Gives a merchant new keys, or ends the time in which the old ones are valid beside them
    RotateKeys {
        #[command(flatten)]
        place: Place,
        /// The merchant
        pid: String,
        /// Hours for which the old keys stay valid; callbacks are sealed with the old key until then
        #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=720))]
        grace_hours: u32,
        /// End a rotation now: no new keys, the old ones are valid no more
        #[arg(long, conflicts_with = "grace_hours")]
        finish: bool,
    },
    /// Sets where a merchant's payout callbacks go
    CallbackUrl {
        #[command(flatten)]
        place: Place,
        /// The merchant
        pid: String,
        /// An http or https address
        #[arg(value_parser = parse_url)]
        url: String,
    },
}

/// What is set of a new merchant.
#[derive(clap::Args)]
pub struct AddArgs {
    #[command(flatten)]
    place: Place,
    /// Its name
    #[arg(long, value_parser = parse_name)]
    name: String,
    /// Addresses and ranges from which its servers call, IPv4 or IPv6
    #[arg(long = "address", required = true, num_args = 1.., value_name = "ADDR[/BITS]", value_parser = parse_range)]
    addresses: Vec<String>,
    /// Where its payout callbacks go
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    callback_url: Option<String>,
    /// Rupees per payout
    #[arg(long, value_name = "RUPEES", default_value = "0", value_parser = parse_rupees)]
    fee_flat: Paise,
    /// Basis points (hundredths of a percent) of the amount
    #[arg(long, value_name = "BPS", default_value = "0", value_parser = parse_basis_points)]
    fee_bps: BasisPoints,
    /// Basis points of GST on the fee
    #[arg(long, value_name = "BPS", default_value = "1800", value_parser = parse_basis_points)]
    gst_bps: BasisPoints,
    /// Give the fee back when the beneficiary's bank returns the money
    #[arg(long)]
    give_fee_back: bool,
    /// Rupees per payment collected
    #[arg(long, value_name = "RUPEES", default_value = "0", value_parser = parse_rupees)]
    collect_fee_flat: Paise,
    /// Basis points of each payment collected
    #[arg(long, value_name = "BPS", default_value = "0", value_parser = parse_basis_points)]
    collect_fee_bps: BasisPoints,
    /// Business days from a payment to its settlement
    #[arg(long, value_name = "DAYS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(0..=i64::from(settlement::DAYS_MAX)))]
    settle_after: u32,
    /// The most that one payout may carry, in rupees
    #[arg(long, value_name = "RUPEES", default_value_t = IMPS_RUPEES_MAX, value_parser = clap::value_parser!(i64).range(1..=IMPS_RUPEES_MAX))]
    limit: i64,
    /// Rupees that it brings along
    #[arg(long, value_name = "RUPEES", value_parser = parse_rupees)]
    fund: Option<Paise>,
    /// How many such merchants to add
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    count: u32,
    /// Print JSON; an array when there are several
    #[arg(long)]
    json: bool,
}

fn parse_name(text: &str) -> Result<String, String> {
    let fits = (1..=100).contains(&text.trim().chars().count()) && !text.chars().any(char::is_control);
    if fits {
        Ok(text.trim().to_owned())
    } else {
        Err("a name has 1 to 100 printable characters".to_owned())
    }
}

fn parse_range(text: &str) -> Result<String, String> {
    match parse_addresses(text) {
        Ok(ranges) if !ranges.is_empty() => Ok(text.to_owned()),
        _ => Err("not an address, nor a range like 192.0.2.0/24 or 2001:db8::/32".to_owned()),
    }
}

fn parse_url(text: &str) -> Result<String, String> {
    let uri: hyper::Uri = text
        .parse()
        .map_err(|_| "not an address like https://shop.example/callback".to_owned())?;
    let known =
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some_and(|host| !host.is_empty());
    if known {
        Ok(text.to_owned())
    } else {
        Err("an address begins with https:// (or http:// for tests)".to_owned())
    }
}

fn parse_rupees(text: &str) -> Result<Paise, String> {
    Paise::parse_rupees(text).ok_or_else(|| "not an amount in rupees, like 12.50".to_owned())
}

fn parse_basis_points(text: &str) -> Result<BasisPoints, String> {
    let number = text.parse().ok().and_then(BasisPoints::new);
    number.ok_or_else(|| "basis points are a whole number from 0 to 10000".to_owned())
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(args) => add(args).await,
        Command::List { place } => list(&place).await,
        Command::Show { place, pid } => show(&place, &pid).await,
        Command::RotateKeys {
            place,
            pid,
            finish: true,
            ..
        } => finish(&place, pid).await,
        Command::RotateKeys {
            place,
            pid,
            grace_hours,
            finish: false,
        } => rotate(&place, pid, grace_hours).await,
        Command::CallbackUrl { place, pid, url } => {
            let done = merchant::set_callback_url(&place.open()?.house, pid, url, actor()).await;
            done.map_err(|refusal| Failure::Said(refusal.to_string()))
        }
    }
}

async fn add(args: AddArgs) -> Result<(), Failure> {
    let opened = args.place.open()?;
    let keys = opened.keys()?;
    let new: Vec<NewMerchant> = (0..args.count).map(|_| new_merchant(&args)).collect();
    match args.fund {
        Some(wallet) => merchant::add_funded(&opened.house, &keys, new.clone(), wallet, actor())
            .await
            .map_err(|refusal| Failure::Said(refusal.to_string()))?,
        None => drop(merchant::add(&opened.house, &keys, new.clone(), actor()).await?),
    }
    let shown: Vec<_> = new.iter().map(as_json).collect();
    match (args.json, shown.as_slice()) {
        (true, [one]) => print::line(&one.to_string()),
        (true, many) => print::line(&json!(many).to_string()),
        (false, many) => {
            for one in many {
                print_once(one);
            }
        }
    }
    Ok(())
}

fn new_merchant(args: &AddArgs) -> NewMerchant {
    let on_return = if args.give_fee_back {
        FeeOnReturn::GiveBack
    } else {
        FeeOnReturn::Keep
    };
    NewMerchant {
        pid: new_pid(),
        collect_key: new_collect_key(),
        terms: Terms {
            name: args.name.clone(),
            addresses: args.addresses.join(" "),
            amount_rupees_max: args.limit,
            plan: FeePlan {
                flat: args.fee_flat,
                rate: args.fee_bps,
                gst: args.gst_bps,
                on_return,
            },
            collect_plan: FeePlan {
                flat: args.collect_fee_flat,
                rate: args.collect_fee_bps,
                gst: args.gst_bps,
                on_return: FeeOnReturn::Keep,
            },
            settle_after: args.settle_after,
        },
        callback_url: args.callback_url.clone(),
        secrets: fresh_secrets(),
    }
}

fn as_json(new: &NewMerchant) -> serde_json::Value {
    let secret = |kind: SecretKind| {
        new.secrets
            .iter()
            .find(|s| s.kind == kind)
            .map_or("", |s| s.secret.as_str())
    };
    json!({
        "name": new.terms.name,
        "pid": new.pid,
        "secret_key": secret(SecretKind::PayoutSecret),
        "token": secret(SecretKind::PayoutToken),
        "callback_signing": secret(SecretKind::CallbackSigning),
        "collect": {
            "key": new.collect_key,
            "salt": secret(SecretKind::CollectSalt),
            "authorization": secret(SecretKind::CollectAuthorization),
        },
    })
}

fn print_once(one: &serde_json::Value) {
    let text = |pointer: &str| {
        one.pointer(pointer)
            .and_then(|v| v.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    print::line(&format!(
        "Merchant {} was added. Its secrets are shown once:",
        text("/name")
    ));
    for (name, pointer) in [
        ("pid", "/pid"),
        ("secret_key", "/secret_key"),
        ("token", "/token"),
        ("callback signing", "/callback_signing"),
        ("collect key", "/collect/key"),
        ("collect salt", "/collect/salt"),
        ("collect authorization", "/collect/authorization"),
    ] {
        print::line(&format!("  {name:<22} {}", text(pointer)));
    }
}

async fn list(place: &Place) -> Result<(), Failure> {
    let opened = place.open()?;
    let (merchants, balances) = opened
        .house
        .store
        .read(|tx| Ok((rokad_store::merchant::all(tx)?, book::all_balances(tx)?)))
        .await?;
    print::line(&format!(
        "{:<12} {:<28} {:>20} {:>20}",
        "PID", "NAME", "AVAILABLE", "HELD"
    ));
    for merchant in merchants {
        let of = |wanted: Account| {
            balances
                .iter()
                .find(|(account, _)| *account == wanted)
                .map_or(0, |(_, b)| *b)
        };
        let (available, held) = (
            of(Account::Available(merchant.id)),
            of(Account::Held(merchant.id)),
        );
        let (available, held) = (print::signed(available), print::signed(held));
        print::line(&format!(
            "{:<12} {:<28} {available:>20} {held:>20}",
            merchant.pid, merchant.terms.name
        ));
    }
    Ok(())
}

async fn show(place: &Place, pid: &str) -> Result<(), Failure> {
    let opened = place.open()?;
    let keys = opened.keys()?;
    let directory = rokad_flows::Directory::read(&opened.house, &keys).await?;
    let entry = directory
        .by_pid(pid)
        .ok_or_else(|| Failure::Said(format!("there is no merchant with PID {pid}")))?;
    let balances = opened.house.store.read(|tx| book::all_balances(tx)).await?;
    for line in lines(entry, &balances) {
        print::line(&line);
    }
    Ok(())
}

fn lines(entry: &MerchantEntry, balances: &[(Account, i64)]) -> Vec<String> {
    let (stored, plan) = (&entry.stored, &entry.stored.terms.plan);
    let of = |wanted: Account| {
        balances
            .iter()
            .find(|(account, _)| *account == wanted)
            .map_or(0, |(_, b)| *b)
    };
    let back = match plan.on_return {
        FeeOnReturn::Keep => "kept when the money is returned",
        FeeOnReturn::GiveBack => "given back when the money is returned",
    };
    let two_keys = entry.secrets(SecretKind::PayoutSecret).count() > 1;
    let url = stored
        .callbacks
        .as_ref()
        .map_or("none", |endpoint| endpoint.url.as_str());
    let row = |name: &str, value: String| format!("{name:<12} {value}");
    vec![
        row("name", stored.terms.name.clone()),
        row("pid", stored.pid.clone()),
        row(
            "state",
            if stored.active { "active" } else { "switched off" }.to_owned(),
        ),
        row("available", print::signed(of(Account::Available(stored.id)))),
        row("held", print::signed(of(Account::Held(stored.id)))),
        row(
            "fee",
            format!(
                "{} + {} bp, GST {} bp, {back}",
                plan.flat,
                plan.rate.get(),
                plan.gst.get()
            ),
        ),
        row("limit", format!("₹{} a payout", stored.terms.amount_rupees_max)),
        row("addresses", stored.terms.addresses.clone()),
        row("callbacks", url.to_owned()),
        row(
            "keys",
            if two_keys {
                "a rotation is under way: two are valid"
            } else {
                "one is valid"
            }
            .to_owned(),
        ),
        row("since", print::time(stored.created_at)),
    ]
}

async fn rotate(place: &Place, pid: String, grace_hours: u32) -> Result<(), Failure> {
    let opened = place.open()?;
    let keys = opened.keys()?;
    let fresh = fresh_secrets();
    let grace_ms = i64::from(grace_hours) * 3_600_000;
    merchant::rotate_keys(
        &opened.house,
        &keys,
        pid.clone(),
        fresh.clone(),
        grace_ms,
        actor(),
    )
    .await
    .map_err(|refusal| Failure::Said(refusal.to_string()))?;
    print::line(&format!(
        "Merchant {pid} has new keys; the old ones are valid for {grace_hours} h. Shown once:"
    ));
    for secret in fresh {
        print::line(&format!("  {:<22} {}", secret.kind.name(), secret.secret));
    }
    Ok(())
}

async fn finish(place: &Place, pid: String) -> Result<(), Failure> {
    let ended = merchant::finish_rotation(&place.open()?.house, pid, actor()).await;
    let ended = ended.map_err(|refusal| Failure::Said(refusal.to_string()))?;
    print::line(&format!("{ended} old keys are valid no more"));
    Ok(())
}
