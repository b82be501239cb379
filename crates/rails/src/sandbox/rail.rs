//! The client of the sandbox bank.
//!
//! One request for each call, over kept-alive connections. What is certain becomes `Paid` or `Refused`; all else is
//! `Silent`, and what contradicts our own question is silent *and* an error in the log.

use super::{
    caller::{ANSWER_BYTES_MAX, BadAddress, Caller},
    hearing::{self, Expected},
    words::{TransferAsked, is_reference},
};
use crate::payout::{NewsPage, PayoutRail, Question, Reply};
use bytes::Bytes;
use hyper::Method;
use rokad_domain::rail::{Answer, Instruction};

/// Notices of a page of news at most.
const NEWS_LIMIT: usize = 200;
/// Bytes of a notice at most: a reference of 64, a UTR, an amount, the longest reason, and the names of the fields.
const NOTICE_BYTES_MAX: usize = 256;
const _: () = assert!(NEWS_LIMIT * NOTICE_BYTES_MAX + 64 <= ANSWER_BYTES_MAX);

/// The sandbox bank, as a rail. Cheap to keep, meant to be shared: it holds the connections.
pub struct SandboxRail(Caller);

impl SandboxRail {
    /// The bank at `base`, like `http://127.0.0.1:9100`, opened with `key`. Connects when first used, on a tokio runtime.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn new(base: &str, key: &str) -> Result<Self, BadAddress> {
        Caller::new(base, key).map(Self)
    }

    async fn say(&self, i: &Instruction) -> Answer {
        if !is_reference(&i.reference) {
            tracing::error!(
                reference = i.reference,
                "not sent: the sandbox bank takes no such reference"
            );
            return Answer::Silent;
        }
        let Ok(body) = serde_json::to_vec(&asked(i)) else {
            return Answer::Silent;
        };
        let expected = Expected::to_send(i);
        match self.0.call(Method::POST, "/v1/transfers", body.into()).await {
            Some((status, body)) => hearing::answer(status, &body, &expected),
            None => Answer::Silent,
        }
    }

    async fn question(&self, q: &Question) -> Answer {
        if !is_reference(&q.reference) || !is_reference(&q.from_account) {
            tracing::error!(
                reference = q.reference,
                "not asked: the sandbox bank takes no such reference"
            );
            return Answer::Silent;
        }
        let path = format!("/v1/transfers/{}?from_account={}", q.reference, q.from_account);
        match self.0.call(Method::GET, &path, Bytes::new()).await {
            Some((status, body)) => hearing::answer(status, &body, &Expected::to_ask(q)),
            None => Answer::Silent,
        }
    }

    async fn page(&self, after: u64) -> Option<NewsPage> {
        let path = format!("/v1/news?after={after}&limit={NEWS_LIMIT}");
        let (status, body) = self.0.call(Method::GET, &path, Bytes::new()).await?;
        hearing::news(status, &body, after)
    }
}

/// The instruction in the bank's words.
fn asked(i: &Instruction) -> TransferAsked {
    TransferAsked {
        reference: i.reference.clone(),
        from_account: i.from_account.clone(),
        amount_paise: i.amount.get(),
        account_no: i.to.account_no.reveal().clone(),
        ifsc: i.to.ifsc.clone(),
        account_holder: i.to.account_holder.reveal().clone(),
        not_after_ms: i.not_after.0,
    }
}

impl PayoutRail for SandboxRail {
    fn send<'a>(&'a self, i: &'a Instruction) -> Reply<'a, Answer> {
        Box::pin(self.say(i))
    }

    fn ask<'a>(&'a self, q: &'a Question) -> Reply<'a, Answer> {
        Box::pin(self.question(q))
    }

    fn news<'a>(&'a self, after: u64) -> Reply<'a, Option<NewsPage>> {
        Box::pin(self.page(after))
    }
}
