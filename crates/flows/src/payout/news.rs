//! What a bank tells when it is asked what is new: late answers, answers once more, and returns.

use crate::{
    House,
    node::run_under,
    payout::{
        ask::{self, Inquiry},
        confirm::{self, Heard},
        reference,
        reverse::{self, CameBack},
    },
};
use rokad_domain::{
    Id, Now,
    id::kind::Payout,
    node::Lease,
    payout::Return,
    rail::{News, Notice, Reason},
    retry::Jitter,
};
use rokad_rails::{PayoutRail, Question};
use rokad_store::{StoreError, Tx, bank_account, discrepancy, payout, payout_queue};

/// Reads what is new at one rail and acts on it. Returns how many notices there were.
///
/// The position is kept after everything before it was acted on; a notice heard twice moves money once. Whoever lost the lease
/// meanwhile does not move the position: somebody else reads on from where it stands.
///
/// # Errors
/// Those of the store: then the same news are read again.
pub async fn hear(
    house: &House,
    lease: Option<Lease>,
    name: &str,
    rail: &dyn PayoutRail,
    instance_tag: &str,
    jitter: Jitter,
) -> Result<usize, StoreError> {
    let rail_name = name.to_owned();
    let position = house
        .store
        .read(move |tx| payout_queue::news_position(tx, &rail_name))
        .await?;
    let Some(page) = rail.news(position).await else {
        return Ok(0);
    };
    for notice in &page.notices {
        act(house, rail, instance_tag, notice, jitter).await?;
    }
    if page.next != position {
        let kept = run_under(house, lease, keep_positions, (name.to_owned(), page.next)).await?;
        if kept.is_none() {
            return Ok(0);
        }
    }
    Ok(page.notices.len())
}

/// The step: keeps how far the news of each rail were read.
pub(crate) fn keep_positions(tx: &mut Tx<'_>, _: Now, read: &[(String, u64)]) -> Result<Vec<()>, StoreError> {
    read.iter()
        .map(|(rail, position)| payout_queue::keep_news_position(tx, rail, *position))
        .collect()
}

async fn act(
    house: &House,
    rail: &dyn PayoutRail,
    instance_tag: &str,
    notice: &Notice,
    jitter: Jitter,
) -> Result<(), StoreError> {
    // The bank account may serve others beside us: their references are not ours.
    let Some(payout) = reference::read(instance_tag, &notice.reference) else {
        return Ok(());
    };
    if house
        .store
        .read(move |tx| payout::get(tx, payout))
        .await?
        .is_none()
    {
        tracing::error!(%payout, "a bank has news of a payout that never was");
        return Ok(());
    }
    match &notice.news {
        News::Answered(answer) => {
            let heard = Heard {
                payout,
                answer: answer.clone(),
                turn: None,
                jitter,
            };
            confirm::confirm(house, heard).await.map(|_| ())
        }
        News::Returned(reason) => came_back(house, rail, payout, *reason, &notice.reference, jitter).await,
    }
}

/// The return of a payout that we do not know to be paid yet: first hear that it was paid, then that it came back.
async fn came_back(
    house: &House,
    rail: &dyn PayoutRail,
    payout: Id<Payout>,
    reason: Reason,
    reference: &str,
    jitter: Jitter,
) -> Result<(), StoreError> {
    if reverse::reverse(house, CameBack { payout, reason }).await? != Return::TooEarly {
        return Ok(());
    }
    let Some(inquiry) = inquiry_about(house, payout, reference).await? else {
        return never_given(house, payout).await;
    };
    ask::ask(house, rail, &inquiry, jitter).await?;
    match reverse::reverse(house, CameBack { payout, reason }).await? {
        Return::TooEarly => Err(StoreError::LostRace("a return came before its payment")),
        Return::GiveBack | Return::Known | Return::Contradiction => Ok(()),
    }
}

/// A bank returns what no bank was told of: a person must look, and the news after it must not wait for that.
async fn never_given(house: &House, payout: Id<Payout>) -> Result<(), StoreError> {
    tracing::error!(%payout, "a bank returns what it was never told of");
    house
        .store
        .tx("note a discrepancy", move |tx, now| {
            let what = "given to no bank here, but a bank says it was paid and came back";
            discrepancy::note(tx, payout, what, now.at())
        })
        .await
}

async fn inquiry_about(
    house: &House,
    id: Id<Payout>,
    reference: &str,
) -> Result<Option<Inquiry>, StoreError> {
    let reference = reference.to_owned();
    house
        .store
        .read(move |tx| {
            let account = payout::get(tx, id)?.and_then(|payout| payout.bank_account);
            let account = bank_account::all(tx)?
                .into_iter()
                .find(|known| Some(known.id) == account);
            let not_after = rokad_domain::UnixMs(i64::MAX); // it is known to have been paid: "unknown" is not believed
            Ok(account.map(|account| Inquiry {
                payout: id,
                turn: None,
                rail: account.declared.rail,
                question: Question {
                    reference,
                    from_account: account.declared.number,
                    not_after,
                },
            }))
        })
        .await
}
