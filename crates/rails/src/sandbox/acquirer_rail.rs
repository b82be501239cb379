//! The client of the sandbox acquirer.
//!
//! One request for each call. What is certain becomes `Captured`, `Refused` or `Waiting`; all else is `Silent`, and what
//! contradicts our own question is silent *and* an error in the log.

use super::{
    caller::{BadAddress, Caller},
    charge_hearing::{self, Expected},
    charge_words::{CardAsked, ChargeAsked},
    dispute_hearing,
    dispute_words::{AnswerAsked, PieceAsked},
    refund_hearing,
    refund_words::RefundAsked,
    words::is_reference,
};
use crate::{
    collect::{ChargeQuestion, CollectRail, DisputePage},
    payout::Reply,
};
use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use bytes::Bytes;
use hyper::{Method, StatusCode};
use rokad_domain::{
    acquirer::{Answer, Card, ChargeOrder, Means},
    dispute,
    refund::{self, RefundOrder},
};
use zeroize::Zeroizing;

/// Room for a whole charge in JSON, so that no half-written copy of a card is left behind when it grows.
const BODY_ROOM: usize = 8 * 1024;

/// The sandbox acquirer, as a rail. Cheap to keep, meant to be shared: it holds the connections.
pub struct AcquirerRail {
    caller: Caller,
    /// Where customers' browsers reach its pages, without a slash at the end.
    pages: String,
}

impl AcquirerRail {
    /// The acquirer at `base`, like `http://127.0.0.1:9100`, opened with `key`. Connects when first used, on a tokio
    /// runtime. Customers' browsers reach its pages there too, unless [`Self::with_pages_at`] says otherwise.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn new(base: &str, key: &str) -> Result<Self, BadAddress> {
        let caller = Caller::new(base, key)?;
        let pages = caller.base().to_owned();
        Ok(Self { caller, pages })
    }

    /// Sends customers to `pages`, like `https://bank.example`, instead.
    #[must_use]
    pub fn with_pages_at(mut self, pages: &str) -> Self {
        pages.trim_end_matches('/').clone_into(&mut self.pages);
        self
    }

    async fn say(&self, order: ChargeOrder) -> Answer {
        let q = ChargeQuestion {
            reference: order.reference.clone(),
            amount: order.amount,
            not_after: order.not_after,
        };
        if !takes(&q.reference) {
            return Answer::Silent;
        }
        let Some(body) = body(order) else {
            return Answer::Silent;
        };
        let expected = Expected::to_charge(&q, &self.pages);
        match self.caller.call(Method::POST, "/v1/charges", body).await {
            Some((status, body)) => charge_hearing::answer(status, &body, &expected),
            None => Answer::Silent,
        }
    }

    /// A question, or a call-off, at `/v1/charges/{reference}` and `action`.
    async fn question(&self, q: &ChargeQuestion, method: Method, action: &str) -> Answer {
        if !takes(&q.reference) {
            return Answer::Silent;
        }
        let path = format!(
            "/v1/charges/{}{action}?amount_paise={}",
            q.reference,
            q.amount.get()
        );
        let expected = Expected::to_ask(q, &self.pages);
        match self.caller.call(method, &path, Bytes::new()).await {
            Some((status, body)) => charge_hearing::answer(status, &body, &expected),
            None => Answer::Silent,
        }
    }

    async fn tell_refund(&self, order: &RefundOrder) -> refund::Answer {
        let asked = RefundAsked {
            reference: order.reference.clone(),
            charge: order.charge.clone(),
            amount_paise: order.amount.get(),
            not_after_ms: order.not_after.0,
        };
        let Ok(body) = serde_json::to_vec(&asked) else {
            return refund::Answer::Silent;
        };
        self.about_refund(order, Method::POST, "/v1/refunds", body.into(), false)
            .await
    }

    async fn question_of_refund(&self, order: &RefundOrder) -> refund::Answer {
        let RefundOrder {
            reference,
            charge,
            amount,
            ..
        } = order;
        let amount = amount.get();
        let path = format!("/v1/refunds/{reference}?charge={charge}&amount_paise={amount}");
        self.about_refund(order, Method::GET, &path, Bytes::new(), true)
            .await
    }

    async fn dispute_page(&self, after: u64) -> Option<DisputePage> {
        let path = format!("/v1/disputes?after={after}");
        let (status, body) = self.caller.call(Method::GET, &path, Bytes::new()).await?;
        dispute_hearing::page(status, &body, after)
    }

    /// An answer that comes too late was heard: there is nothing to tell any more.
    async fn tell_answer(&self, answer: &dispute::Answer) -> bool {
        if !takes(&answer.reference) {
            return false;
        }
        let piece = |piece: &dispute::Piece| PieceAsked {
            name: piece.name.clone(),
            media_type: piece.media_type.clone(),
            sha256: piece.sha256.clone(),
            content: BASE64.encode(&piece.content),
        };
        let asked = AnswerAsked {
            reply: match answer.reply {
                dispute::Reply::Contest => "contest",
                dispute::Reply::Accept => "accept",
            }
            .to_owned(),
            evidence: answer.evidence.iter().map(piece).collect(),
        };
        let Ok(body) = serde_json::to_vec(&asked) else {
            return false;
        };
        let path = format!("/v1/disputes/{}/answer", answer.reference);
        let said = self.caller.call(Method::POST, &path, body.into()).await;
        said.is_some_and(|(status, _)| [StatusCode::OK, StatusCode::CONFLICT].contains(&status))
    }

    async fn about_refund(
        &self,
        order: &RefundOrder,
        method: Method,
        path: &str,
        body: Bytes,
        asked: bool,
    ) -> refund::Answer {
        if !takes(&order.reference) || !takes(&order.charge) {
            return refund::Answer::Silent;
        }
        match self.caller.call(method, path, body).await {
            Some((status, body)) => refund_hearing::answer(status, &body, order, asked),
            None => refund::Answer::Silent,
        }
    }
}

fn takes(reference: &str) -> bool {
    let takes = is_reference(reference);
    if !takes {
        tracing::error!(
            reference,
            "not sent: the sandbox acquirer takes no such reference"
        );
    }
    takes
}

/// The order in the acquirer's words. Wiped when the connection is done with it.
fn body(order: ChargeOrder) -> Option<Bytes> {
    let mut body = Zeroizing::new(Vec::with_capacity(BODY_ROOM));
    serde_json::to_writer(&mut *body, &asked(order)).ok()?;
    Some(Bytes::from_owner(body))
}

fn asked(order: ChargeOrder) -> ChargeAsked {
    let mut asked = ChargeAsked {
        reference: order.reference,
        amount_paise: order.amount.get(),
        method: order.means.method().code().to_owned(),
        card: None,
        vpa: None,
        bank: None,
        wallet: None,
        return_url: order.return_url,
        not_after_ms: order.not_after.0,
    };
    match order.means {
        Means::Card(card) => asked.card = Some(card_asked(&card)),
        Means::Upi(vpa) => asked.vpa = Some(vpa.reveal().clone()),
        Means::NetBanking(code) => asked.bank = Some(code),
        Means::Wallet(code) => asked.wallet = Some(code),
    }
    asked
}

fn card_asked(card: &Card) -> CardAsked {
    CardAsked {
        number: Zeroizing::new(card.number.reveal().to_owned()),
        expiry: format!("{:02}/{}", card.expiry.month(), card.expiry.year()),
        cvv: Zeroizing::new(card.cvv.reveal().to_owned()),
        name: card.name.reveal().clone(),
    }
}

impl CollectRail for AcquirerRail {
    fn charge(&self, order: ChargeOrder) -> Reply<'_, Answer> {
        Box::pin(self.say(order))
    }

    fn ask<'a>(&'a self, q: &'a ChargeQuestion) -> Reply<'a, Answer> {
        Box::pin(self.question(q, Method::GET, ""))
    }

    fn call_off<'a>(&'a self, q: &'a ChargeQuestion) -> Reply<'a, Answer> {
        Box::pin(self.question(q, Method::POST, "/call-off"))
    }

    fn refund<'a>(&'a self, order: &'a RefundOrder) -> Reply<'a, refund::Answer> {
        Box::pin(self.tell_refund(order))
    }

    fn disputes<'a>(&'a self, after: u64) -> Reply<'a, Option<DisputePage>> {
        Box::pin(self.dispute_page(after))
    }

    fn answer_dispute<'a>(&'a self, answer: &'a dispute::Answer) -> Reply<'a, bool> {
        Box::pin(self.tell_answer(answer))
    }

    fn ask_refund<'a>(&'a self, order: &'a RefundOrder) -> Reply<'a, refund::Answer> {
        Box::pin(self.question_of_refund(order))
    }
}
