//! A whole card payment, as its customer's browser makes it: five requests, one after the other.
//!
//! 1. the merchant's signed form, to `/_payment`;
//! 2. the checkout's page;
//! 3. the form with the card that pays at once: the attempt is kept, the sandbox acquirer charged, the money booked;
//! 4. the return, as a customer comes back from the bank's page (this card has none, so it only finds the end);
//! 5. the page that says that it is paid, with the signed form back to the shop.
//!
//! The sandbox acquirer, in the same process, writes a journal of its own; so a payment is durable at both ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::{CONNECTIONS, WARM_UP};
use crate::Result;
use crate::load::connection::{Connection, Reply};
use crate::load::payment::{Orders, get, post};

/// Pays at once. Source: docs/sandbox-bank.md.
const FORM: &str = "attempt=1&lang=en&method=card&card_number=4012001037140015&card_expiry=12%2F2030&card_cvv=123\
                    &card_name=Asha+Rao";

/// In the page of a payment that is paid.
const PAID: &[u8] = b"data-outcome=\"paid\"";

/// Payments a second that were begun and ended within the window.
pub async fn payments_per_second(address: SocketAddr, orders: &Arc<Orders>, window: Duration) -> Result<f64> {
    let from = Instant::now() + WARM_UP;
    let until = from + window;
    let mut customers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(address).await?;
        let orders = Arc::clone(orders);
        customers.spawn(async move {
            let mut paid = 0_u64;
            while Instant::now() < until {
                pay(&mut connection, &orders)
                    .await
                    .map_err(|error| error.to_string())?;
                let now = Instant::now();
                paid += u64::from(now >= from && now < until);
            }
            Ok::<u64, String>(paid)
        });
    }
    let mut paid = 0;
    for customer in customers.join_all().await {
        paid += customer?;
    }
    Ok(paid as f64 / window.as_secs_f64())
}

async fn pay(connection: &mut Connection, orders: &Orders) -> Result<()> {
    let mut request = Vec::new();
    orders.next(&mut request);
    let reply = connection.exchange(&request).await?;
    expect(&reply, 302)?;
    let checkout = reply.location()?.to_owned();
    expect(&connection.exchange(get(&checkout).as_bytes()).await?, 200)?;
    let form = post(&format!("{checkout}/pay"), "", FORM);
    expect(&connection.exchange(form.as_bytes()).await?, 303)?;
    let back = get(&format!("{checkout}/return?lang=en"));
    expect(&connection.exchange(back.as_bytes()).await?, 303)?;
    let reply = connection.exchange(get(&checkout).as_bytes()).await?;
    expect(&reply, 200)?;
    if reply.body.windows(PAID.len()).any(|some| some == PAID) {
        return Ok(());
    }
    Err("a card payment did not end paid".into())
}

fn expect(reply: &Reply<'_>, status: u16) -> Result<()> {
    if reply.status == status {
        return Ok(());
    }
    let said = String::from_utf8_lossy(reply.body);
    Err(format!("status {} instead of {status}: {said}", reply.status).into())
}
