//! The shop gives money back: each refund under a key of its own, asked for until there is an answer.

use super::{browser::Browser, till::Till};
use crate::chance::Chance;
use serde_json::Value;

/// One refund that the shop wants to be made.
#[derive(Clone, Debug)]
pub struct Refund {
    key: String,
    payment: String,
    pub paise: i64,
    /// Its refundId, once the shop was told.
    pub id: Option<String>,
}

impl Refund {
    /// A part of a payment, so small that its own money carries it. The last digit makes the acquirer misbehave, more often than not.
    pub fn draw(txnid: &str, payment: &str, paid_paise: i64, chance: &mut Chance) -> Self {
        let rupees = chance.between(10, u64::try_from(paid_paise / 200).unwrap());
        let paise = i64::try_from(rupees * 100 + chance.between(0, 9)).unwrap();
        let key = format!("R-{txnid}");
        Self {
            key,
            payment: payment.to_owned(),
            paise,
            id: None,
        }
    }

    /// Asks once. A kill may hit it anywhere.
    pub fn ask_once(&mut self, till: &Till, browser: &Browser) {
        let answer = browser.post_once_as(REFUND, &self.form(), till.authorization());
        if let Some(answer) = answer {
            self.id = Some(id(&answer.body));
        }
    }

    /// Asks until there is an answer: the same refund as before, if the shop was told of one.
    pub fn insist(&mut self, till: &Till, browser: &Browser) {
        loop {
            if let Some(answer) = browser.post_once_as(REFUND, &self.form(), till.authorization()) {
                let (told, now) = (self.id.take(), id(&answer.body));
                assert!(told.is_none_or(|told| told == now), "{self:?}");
                self.id = Some(now);
                return;
            }
        }
    }

    fn form(&self) -> [(&'static str, String); 3] {
        let rupees = format!("{}.{:02}", self.paise / 100, self.paise % 100);
        [
            ("paymentId", self.payment.clone()),
            ("refundAmount", rupees),
            ("refundReference", self.key.clone()),
        ]
    }

    /// Its status, by getRefundDetails.
    pub fn status(&self, till: &Till, browser: &Browser) -> String {
        let id = self.id.as_deref().expect("the shop insisted");
        let at = format!("/treasury/ext/merchant/getRefundDetails?refundId={id}");
        let said = browser.get_as(&at, till.authorization());
        assert_eq!(said.status, 200, "{}", said.body);
        let said: Value = serde_json::from_str(&said.body).unwrap();
        said["result"]["Refund Status"].as_str().unwrap().to_owned()
    }
}

const REFUND: &str = "/payment/merchant/refundPayment";

fn id(body: &str) -> String {
    let said: Value = serde_json::from_str(body).unwrap();
    assert_eq!(said["status"], 0, "{body}");
    said["result"].to_string()
}
