//! `rokad webhook`: where merchants are told of what became of their payments.

use crate::cli::{
    Failure,
    place::{Opened, Place, actor},
    print,
};
use rokad_domain::{
    Id, Private,
    event::{Kind, Kinds},
    id::kind::Merchant,
    webhook::{WebhookUrl, check_header},
};
use rokad_flows::webhook::{self, Header, Registration, Replay};
use rokad_store::{merchant, webhook::StoredWebhook};
use rokad_wire::{chance, date::read_time};

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Registers a URL to which events are posted
    Add(AddArgs),
    /// Lists a merchant's webhooks: whether they are on, and if not, why
    List {
        #[command(flatten)]
        place: Place,
        /// The merchant
        pid: String,
    },
    /// Removes a webhook
    Remove {
        #[command(flatten)]
        place: Place,
        /// The merchant
        pid: String,
        /// The webhook's number
        id: i64,
    },
    /// Switches a webhook on, and has it told what it missed
    SwitchOn {
        #[command(flatten)]
        place: Place,
        /// The merchant
        pid: String,
        /// The webhook's number
        id: i64,
        /// Replay what it did not acknowledge since then: an instant like 2026-01-31T18:05:00+05:30, or "missed"
        #[arg(long, value_name = "TIME", value_parser = parse_replay)]
        replay_since: Option<Replay>,
    },
}

/// What is registered.
#[derive(clap::Args)]
pub struct AddArgs {
    #[command(flatten)]
    place: Place,
    /// The merchant
    pid: String,
    /// Where events are posted
    url: String,
    /// Of what: payment.succeeded, payment.failed, refund, dispute, or all
    #[arg(long, value_name = "EVENT", default_value = "all", value_delimiter = ',', value_parser = parse_kinds)]
    events: Vec<Kinds>,
    /// A header to be sent along, like "X-Shop-Token: s3cr3t"; its value is kept sealed
    #[arg(long, value_name = "NAME: VALUE", value_parser = parse_header)]
    header: Option<(String, Private<String>)>,
}

fn parse_kinds(word: &str) -> Result<Kinds, String> {
    Kinds::named(word).ok_or_else(|| "no such event".to_owned())
}

fn parse_header(text: &str) -> Result<(String, Private<String>), String> {
    let (name, value) = text
        .split_once(':')
        .ok_or("a header is like \"X-Shop-Token: s3cr3t\"")?;
    let (name, value) = (name.trim(), value.trim());
    check_header(name, value).map_err(|refusal| refusal.sentence().to_owned())?;
    Ok((name.to_owned(), Private::new(value.to_owned())))
}

fn parse_replay(text: &str) -> Result<Replay, String> {
    match text {
        "missed" => Ok(Replay::Missed),
        _ => read_time(text)
            .map(Replay::Since)
            .ok_or_else(|| "no instant; give one like 2026-01-31T18:05:00+05:30, or \"missed\"".to_owned()),
    }
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Add(args) => add(args).await,
        Command::List { place, pid } => {
            let opened = place.open()?;
            let merchant = merchant_of(&opened, pid).await?;
            let webhooks = webhook::list(&opened.house, merchant).await?;
            if webhooks.is_empty() {
                print::line("There is no webhook.");
            }
            webhooks.iter().for_each(show);
            Ok(())
        }
        Command::Remove { place, pid, id } => {
            let opened = place.open()?;
            let merchant = merchant_of(&opened, pid).await?;
            webhook::remove(&opened.house, merchant, Id::new(id), actor())
                .await
                .map_err(said)?;
            print::line(&format!("webhook {id} is removed"));
            Ok(())
        }
        Command::SwitchOn {
            place,
            pid,
            id,
            replay_since,
        } => {
            let opened = place.open()?;
            let merchant = merchant_of(&opened, pid).await?;
            let switched =
                webhook::switch_on(&opened.house, merchant, Id::new(id), replay_since, actor()).await;
            let (_, replayed) = switched.map_err(said)?;
            print::line(&format!("webhook {id} is on; {replayed} events are replayed"));
            Ok(())
        }
    }
}

async fn add(args: AddArgs) -> Result<(), Failure> {
    let opened = args.place.open()?;
    let url = WebhookUrl::parse(&args.url, opened.production)
        .map_err(|refusal| Failure::Said(refusal.sentence().to_owned()))?;
    let merchant = merchant_of(&opened, args.pid).await?;
    let new = Registration {
        url,
        kinds: args.events.into_iter().fold(Kinds::default(), Kinds::and),
        header: args.header.map(|(name, value)| Header {
            name,
            value,
            nonce: chance::fill(),
        }),
    };
    let added = webhook::register(&opened.house, &opened.keys()?, merchant, new, actor()).await;
    show(&added.map_err(said)?);
    Ok(())
}

/// The number of the merchant with this PID.
pub async fn merchant_of(opened: &Opened, pid: String) -> Result<Id<Merchant>, Failure> {
    let found = opened
        .house
        .store
        .read(move |tx| merchant::by_pid(tx, &pid))
        .await?;
    let merchant = found.ok_or_else(|| Failure::Said("there is no merchant with this PID".to_owned()))?;
    Ok(merchant.id)
}

fn said(refusal: webhook::WebhookRefusal) -> Failure {
    Failure::Said(refusal.to_string())
}

fn show(webhook: &StoredWebhook) {
    let kinds: Vec<&str> = webhook.kinds.iter().map(Kind::name).collect();
    let state = if webhook.active { "on " } else { "off" };
    print::line(&format!(
        "{}  {state}  {}  {}",
        webhook.id,
        webhook.url,
        kinds.join(", ")
    ));
    if let Some((name, _)) = &webhook.header {
        print::line(&format!("    with a header {name}"));
    }
    if let Some((at, why)) = &webhook.off {
        print::line(&format!("    switched off {}: {why}", print::time(*at)));
    }
    let failing = &webhook.failing;
    if let (Some(since), Some(last)) = (failing.since, &failing.last) {
        let (count, since) = (failing.in_a_row, print::time(since));
        print::line(&format!(
            "    {count} failures in a row since {since}, the last: {last}"
        ));
    }
}
