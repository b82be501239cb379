//! What the sandbox says when it is ready: to people in a screen, to scripts in a file.

use crate::{
    cli::print::line,
    sandbox::{
        Addresses,
        seed::{Demo, OPERATOR},
    },
};
use rokad_domain::Now;
use serde_json::{Value, json};

/// `sandbox.json`.
pub fn description(at: &Addresses, demo: &Demo) -> Value {
    let [key, salt, authorization] = &demo.collect;
    json!({
        "url": format!("http://{}", at.http),
        "https_url": format!("https://{}", at.https),
        "payout": { "pid": demo.pid, "secret_key": demo.secret_key, "token": demo.token },
        "collect": { "key": key, "salt": salt, "authorization": authorization },
        "shop": format!("http://{}", at.shop),
        "callbacks": format!("http://{}/payouts", at.shop),
        "bank": format!("http://{}", at.bank),
        "operator": { "email": OPERATOR, "password": demo.operator_password },
    })
}

/// The screen.
pub fn print(at: &Addresses, demo: &Demo, now: Now) {
    let [key, salt, authorization] = &demo.collect;
    // New with every start, so that pasting it makes a payout and not a replay.
    let order_id = format!("DEMO{:09}", now.at().0 / 1_000 % 1_000_000_000);
    let body = json!({
        "payment_mode": "imps", "pid": demo.pid, "order_id": order_id, "amount": 100,
        "account_holder": "Asha Rao", "account_no": "784731234567", "bank": "SBI", "ifsc": "SBIN0000300",
    });
    let (http, shop) = (at.http, at.shop);
    line(&format!(
        "
Rokad sandbox {version} is ready. Nothing here moves real money.

  API         http://{http}   https://{https} (self-signed)
  bank        http://{bank}   its book, and the account numbers that make it misbehave
  demo shop   http://{shop}   sells pens, paper and tea, and shows its orders and callbacks
  operator    {OPERATOR}   password {password}

  merchant    Demo Shop
  pid         {pid}
  secret_key  {secret_key}
  token       {token}
  collect     key {key}   salt {salt}   authorization {authorization}

Take a payment: buy something in the demo shop. Card 4012001037141112, any later month, CVV 123, one-time password 123456.

Pay ₹100.00 out:

  curl -s http://{http}/payout/api/request.php -d '{body}'

Ask what became of it (the shop signs the question, as a merchant's server does):

  curl -s http://{shop}/poll/{order_id} | curl -s http://{http}/payout/api/status_polling.php -d @-

What the shop was told:

  curl -s http://{shop}/callbacks

Ctrl-C stops it.
",
        version = env!("CARGO_PKG_VERSION"),
        https = at.https,
        bank = at.bank,
        password = demo.operator_password,
        pid = demo.pid,
        secret_key = demo.secret_key,
        token = demo.token,
    ));
}
