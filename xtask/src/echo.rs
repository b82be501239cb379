//! The measuring rod: a bare axum server that reads the same JSON and answers as many bytes as an accepted payout.
//!
//! A process of its own, so that it stands to the load generator exactly as rokad does. Prints its address.

use axum::Json;
use axum::routing::post;
use serde_json::{Value, json};

use crate::Result;

/// The path and body of a payout, so that both servers are sent the same bytes.
pub const PATH: &str = "/payout/api/request.php";

pub fn run(args: &[String]) -> Result<()> {
    let [flag, address] = args else {
        return Err("usage: xtask echo --listen ADDRESS".into());
    };
    if flag != "--listen" {
        return Err("usage: xtask echo --listen ADDRESS".into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(address))
}

async fn serve(address: &str) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, axum::Router::new().route(PATH, post(answer))).await?;
    Ok(())
}

async fn answer(Json(body): Json<Value>) -> Json<Value> {
    let order_id = body["order_id"].as_str().unwrap_or_default();
    let ref_code = format!("{order_id:0<128}");
    Json(json!({ "ref_code": ref_code, "status": "Pending", "message": "Request Saved successfully" }))
}
