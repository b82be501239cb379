//! What the contract says of the looks of a callback: which fields, in which order, and how a time is written.

use rokad_domain::UnixMs;
use rokad_store::Clock;
use rokad_wire::date::in_kolkata;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// The fields of a callback, in order. Source: contract.md §2.4.
pub const FIELDS: [&str; 18] = [
    "order_id",
    "requested_amount",
    "processed_amount",
    "bank_ref",
    "sender_pg",
    "ref_code",
    "status",
    "post_hash",
    "payment_type",
    "request_time",
    "action_time",
    "upi_vpa",
    "account_no",
    "account_holder",
    "ifsc",
    "bank_name",
    "bank_address",
    "transaction_info",
];

/// The names of an object, in the order in which they stand.
struct Names(Vec<String>);

impl<'a> Deserialize<'a> for Names {
    fn deserialize<D: Deserializer<'a>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'a> Visitor<'a> for Reader {
            type Value = Names;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'a>>(self, mut entries: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = entries.next_entry()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        from.deserialize_map(Reader)
    }
}

pub fn names(body: &[u8]) -> Vec<String> {
    serde_json::from_slice::<Names>(body).unwrap().0
}

/// Whether `time` is this minute, or the one before, in Asia/Kolkata.
pub fn is_now(time: &Value) -> bool {
    let now = Clock::system().now().at();
    [now, UnixMs(now.0 - 60_000)]
        .iter()
        .any(|at| *time == in_kolkata(*at))
}
