//! The shop asks the gateway what became of an order, as a merchant's server does: chkMerchantTxnStatus.

use crate::sandbox::shop::Shop;
use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use rokad_flows::directory::SecretKind;
use std::time::Duration;

/// Milliseconds that the gateway has to answer: it is on the same machine.
const ANSWER_TIMEOUT_MS: u64 = 5_000;

/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

const FORM: &str = "application/x-www-form-urlencoded";

/// What has to be posted where, and the secret that goes with it.
struct Question {
    url: String,
    body: String,
    authorization: String,
}

/// The answer as it came, or why there is none.
pub async fn ask(shop: &Shop, txnid: &str) -> String {
    let limit = Duration::from_millis(ANSWER_TIMEOUT_MS);
    let answer = tokio::time::timeout(limit, post(shop, txnid)).await;
    answer
        .unwrap_or(Err("no answer in time"))
        .unwrap_or_else(|why| format!("The gateway could not be asked: {why}."))
}

/// The same question for a terminal.
pub fn as_command(shop: &Shop, txnid: &str) -> String {
    question(shop, txnid).map_or_else(String::new, |question| {
        let Question {
            url,
            body,
            authorization,
        } = question;
        format!("curl -s {url} -H 'Authorization: {authorization}' -d '{body}'")
    })
}

fn question(shop: &Shop, txnid: &str) -> Option<Question> {
    let directory = shop.app.directory();
    let merchant = directory.by_pid(&shop.pid)?;
    let authorization = merchant.secrets(SecretKind::CollectAuthorization).next_back()?;
    let key = &merchant.stored.collect_key;
    Some(Question {
        url: format!("{}/payment/payment/chkMerchantTxnStatus", shop.gateway),
        body: format!("merchantKey={key}&merchantTransactionIds={txnid}"),
        authorization: authorization.to_owned(),
    })
}

async fn post(shop: &Shop, txnid: &str) -> Result<String, &'static str> {
    let question = question(shop, txnid).ok_or("the merchant has no authorization")?;
    let request = Request::post(question.url)
        .header(CONTENT_TYPE, FORM)
        .header(AUTHORIZATION, question.authorization)
        .body(Full::new(Bytes::from(question.body)))
        .map_err(|_| "the question is no request")?;
    let answer = shop
        .client
        .request(request)
        .await
        .map_err(|_| "it does not answer")?;
    let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
    let body = body.map_err(|_| "the answer was cut off")?;
    Ok(String::from_utf8_lossy(&body.to_bytes()).into_owned())
}
