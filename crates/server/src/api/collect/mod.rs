//! The collecting API. Source: contract.md §3.

pub mod chk_merchant_txn_status;
pub mod get_payment_response;
pub mod get_refund_details;
pub mod get_refund_details_by_payment;
pub mod outcome;
pub mod payment;
pub mod refund_payment;

use crate::{
    app::App,
    http::{answer::CollectRefused, call::Call},
};
use axum::{
    Router,
    http::HeaderMap,
    routing::{MethodRouter, post},
};
use rokad_flows::directory::MerchantEntry;
use rokad_wire::collect::Refusal;
use std::sync::Arc;

/// Its routes. The calls that ask take GET too, since clients send both, and a GET may carry a body.
pub fn routes() -> Router<Arc<App>> {
    let mut router = Router::new().route(
        "/_payment",
        post(payment::handle).fallback(|headers: HeaderMap| async move {
            payment::unread(&headers, CollectRefused(Refusal::MethodNotAllowed("POST")))
        }),
    );
    for base in ["", "/sandbox"] {
        router = router
            .route(
                &format!("{base}/payment/op/getPaymentResponse"),
                asked(post(get_payment_response::handle).get(get_payment_response::handle)),
            )
            .route(
                &format!("{base}/payment/payment/chkMerchantTxnStatus"),
                asked(post(chk_merchant_txn_status::handle).get(chk_merchant_txn_status::handle)),
            )
            .route(
                &format!("{base}/treasury/ext/merchant/getRefundDetailsByPayment"),
                asked(post(get_refund_details_by_payment::handle).get(get_refund_details_by_payment::handle)),
            )
            .route(
                &format!("{base}/treasury/ext/merchant/getRefundDetails"),
                asked(post(get_refund_details::handle).get(get_refund_details::handle)),
            );
        for part in ["payment", "treasury"] {
            router = router.route(
                &format!("{base}/{part}/merchant/refundPayment"),
                post(refund_payment::handle)
                    .fallback(|| async { CollectRefused(Refusal::MethodNotAllowed("POST")) }),
            );
        }
    }
    router
}

fn asked(methods: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    methods.fallback(|| async { CollectRefused(Refusal::MethodNotAllowed("GET, POST")) })
}

/// The merchant that calls: the `Authorization` header says who, and `merchantKey`, where given, must be that merchant's.
fn caller(app: &App, call: &Call, key: Option<&str>) -> Result<Arc<MerchantEntry>, CollectRefused> {
    let directory = app.directory();
    let merchant = call
        .header("authorization")
        .and_then(|value| directory.by_authorization(value.trim()))
        .filter(|merchant| key.is_none_or(|key| key == merchant.stored.collect_key))
        .ok_or(Refusal::Unauthorized)?;
    if merchant.stored.active {
        Ok(merchant.clone())
    } else {
        Err(Refusal::MerchantInactive.into())
    }
}
