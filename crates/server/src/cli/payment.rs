//! `rokad payment`: what became of a payment.

use crate::cli::{
    Failure,
    place::{Opened, Place},
    print,
};
use rokad_domain::{
    Id,
    id::kind::Payment,
    payment::{Step, TxnId},
};
use rokad_flows::payment::status::by_id;
use rokad_store::{merchant, payment, refund};
use rokad_wire::collect::{
    payment_id::{payment_id, read_payment_id},
    refund::refund_id,
};

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Shows a payment: where it stands, its attempts, its settlement
    Show {
        #[command(flatten)]
        place: Place,
        /// Its paymentId, or the merchant's txnid together with --pid
        id: String,
        /// The merchant, when a txnid is given
        #[arg(long)]
        pid: Option<String>,
    },
}

/// Does it.
pub async fn run(command: Command) -> Result<(), Failure> {
    let Command::Show { place, id, pid } = command;
    let opened = place.open()?;
    let payment = match pid {
        Some(pid) => by_txnid(&opened, pid, &id).await?,
        None => read_payment_id(&id),
    };
    show(&opened, payment.ok_or_else(none)?).await
}

fn none() -> Failure {
    Failure::Said("there is no such payment".to_owned())
}

async fn by_txnid(opened: &Opened, pid: String, txnid: &str) -> Result<Option<Id<Payment>>, Failure> {
    let txnid = TxnId::parse(txnid).ok_or_else(none)?;
    let find = opened.house.store.read(move |tx| {
        let Some(merchant) = merchant::by_pid(tx, &pid)? else {
            return Ok(None);
        };
        let found = payment::briefs(tx, merchant.id, std::slice::from_ref(&txnid))?;
        Ok(found.get(&txnid).map(|payment| payment.id))
    });
    Ok(find.await?)
}

async fn show(opened: &Opened, id: Id<Payment>) -> Result<(), Failure> {
    let report = by_id(&opened.house, id).await?.ok_or_else(none)?;
    let (status, payment) = (report.status(), report.payment);
    let (last, last_refund) = (payment.last_change, payment.last_refund);
    let read = opened.house.store.read(move |tx| {
        let log = payment::log_up_to(tx, last)?;
        Ok((log, refund::list_up_to(tx, last_refund)?))
    });
    let (log, refunds) = read.await?;
    let price = payment.charge.total().unwrap_or_default();
    print::line(&format!("paymentId  {}", payment_id(id)));
    print::line(&format!("txnid      {}", payment.order.txnid.as_str()));
    print::line(&format!(
        "amount     {}, of which {price} for fee and GST",
        payment.order.amount
    ));
    print::line(&format!("status     {}", status.word()));
    for line in log {
        print::line(&format!(
            "  {}  {:<22}  {}",
            print::time(line.at),
            words(line.step),
            line.detail
        ));
    }
    if let Some(attempt) = report.attempt {
        let means = &attempt.means;
        print::line(&format!(
            "attempt {} by {} {}, reference {}, {}",
            attempt.number,
            means.method.code(),
            means.shown,
            attempt.reference,
            attempt.bank_ref.as_ref().map_or_else(
                || "no bank reference".to_owned(),
                |bank_ref| format!("bank reference {}", bank_ref.as_str())
            )
        ));
    }
    for refund in refunds {
        print::line(&format!(
            "refund {} of {}, {}",
            refund_id(refund.id),
            refund.amount,
            refund.status.word()
        ));
    }
    Ok(())
}

const fn words(step: Step) -> &'static str {
    match step {
        Step::Opened => "checkout opened",
        Step::AttemptBegan => "attempt began",
        Step::AttemptFailed => "attempt took nothing",
        Step::Captured => "captured",
        Step::GivenUp => "customer gave up",
        Step::Cancelled => "customer cancelled",
        Step::Bounced => "not finished at the bank",
        Step::Dropped => "time ran out",
    }
}
