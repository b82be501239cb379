//! Twenty failures in a row switch a webhook off; what it missed is replayed.

use crate::{
    house::House,
    receiver::{Receiver, Reply},
    waiting::until,
};
use serde_json::{Value, json};

#[test]
fn twenty_failures_in_a_row_switch_a_webhook_off_and_what_it_missed_is_replayed() {
    let house = House::start();
    let shop = house.hooked();
    let healthy = Receiver::start();
    let receiver = Receiver::start();
    let path = shop.hook(&receiver);
    shop.hook(&healthy);
    let before = shop.cancelled("90");
    receiver.hears_of(&before);
    receiver.now_replies(|_, _| Reply::Status(503));
    let missed: Vec<_> = (0..24).map(|_| shop.cancelled("91")).collect();
    until("the webhook is switched off", || {
        shop.ask("GET", &path, &Value::Null)["active"] == false
    });
    let off = shop.ask("GET", &path, &Value::Null);
    assert_eq!(
        off["switched_off_reason"],
        "20 failures in a row, the last: HTTP 503 without an acknowledgement"
    );
    assert!(off["switched_off_at"].is_string() && off["failing_since"].is_string());
    let mail = house.tell(&["webhook", "list", &shop.pid]);
    assert!(
        mail.contains("off") && mail.contains("20 failures in a row"),
        "{mail}"
    );

    // What happens while it is off goes to the others alone.
    let told = receiver.told().len();
    receiver.now_replies(|_, _| Reply::Acknowledge);
    let meanwhile = shop.cancelled("92");
    healthy.hears_of(&meanwhile);
    assert!(
        receiver.told().len() <= told + 8,
        "only what was on its way comes in"
    );
    assert_eq!(receiver.times(&meanwhile), 0);

    let on = shop.ask(
        "POST",
        &format!("{path}/switch-on"),
        &json!({ "replay_since": "missed" }),
    );
    assert_eq!(
        (&on["webhook"]["active"], &on["webhook"]["consecutive_failures"]),
        (&json!(true), &json!(0))
    );
    assert!(on["replayed"].as_u64() >= Some(24), "{on}");
    until("all that was missed is told", || {
        let all = missed.iter().chain([&meanwhile]);
        all.clone().all(|order| receiver.times(order) >= 1)
    });
    let after = shop.cancelled("93");
    receiver.hears_of(&after);
    assert_eq!(
        receiver.times(&before),
        1,
        "what was acknowledged is not replayed"
    );
    for order in missed.iter().chain([&meanwhile, &after]) {
        assert_eq!(
            healthy.times(order),
            1,
            "the healthy one lost nothing and heard nothing twice"
        );
    }
    house.verify();
}
