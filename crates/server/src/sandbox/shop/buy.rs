//! `/`, `/basket` and `POST /orders`: choosing, and saying who buys.

use crate::sandbox::shop::{
    Shop,
    book::Order,
    goods::{self, GOODS, QUANTITY_MAX},
    orders::look_up,
};
use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use rokad_domain::Private;
use rokad_pages::shop::{Basket, Buyer, Line, Shelf, Wrong, draw};
use rokad_wire::Fields;
use std::sync::Arc;

/// `GET /`.
pub async fn shelf(State(shop): State<Arc<Shop>>) -> Response {
    shelf_page(&shop, false)
}

fn shelf_page(shop: &Shop, nothing_chosen: bool) -> Response {
    let status = if nothing_chosen {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = Shelf {
        goods: &GOODS,
        quantity_max: QUANTITY_MAX,
        nothing_chosen,
    };
    shop.page(status, draw(&page))
}

/// `GET /basket?pen=1&notebook=2`.
pub async fn basket(State(shop): State<Arc<Shop>>, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::read(query.as_deref(), b"").unwrap_or_default();
    basket_page(&shop, &goods::lines(&fields), &sample_buyer(), &[])
}

fn basket_page(shop: &Shop, lines: &[Line], buyer: &Buyer, wrong: &[Wrong]) -> Response {
    if lines.is_empty() {
        return shelf_page(shop, true);
    }
    let status = if wrong.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = Basket {
        lines,
        total: goods::total(lines),
        buyer,
        wrong,
    };
    shop.page(status, draw(&page))
}

/// `POST /orders`: takes the order, and shows it.
pub async fn order(State(shop): State<Arc<Shop>>, body: Bytes) -> Response {
    let fields = Fields::read(None, &body).unwrap_or_default();
    let (lines, buyer) = (goods::lines(&fields), read_buyer(&fields));
    let wrong = faults(&buyer);
    if lines.is_empty() || !wrong.is_empty() {
        return basket_page(&shop, &lines, &buyer, &wrong);
    }
    let order = Order {
        at_ms: shop.now().0,
        what: goods::in_words(&lines),
        amount_paise: goods::total(&lines).get(),
        name: buyer.name.reveal().clone(),
        email: buyer.email.reveal().clone(),
        phone: buyer.phone.reveal().clone(),
    };
    match look_up(&shop.book).take(order) {
        Ok(txnid) => {
            let location = [(header::LOCATION, format!("/orders/{txnid}"))];
            (StatusCode::SEE_OTHER, location).into_response()
        }
        Err(error) => super::not_kept(&error),
    }
}

fn sample_buyer() -> Buyer {
    let private = |text: &str| Private::new(text.to_owned());
    Buyer {
        name: private("Asha Rao"),
        email: private("asha@example.com"),
        phone: private("9876543210"),
    }
}

fn read_buyer(fields: &Fields<'_>) -> Buyer {
    let private = |name| Private::new(fields.text(name).unwrap_or_default().trim().to_owned());
    Buyer {
        name: private("name"),
        email: private("email"),
        phone: private("phone"),
    }
}

/// What the gateway would refuse, said before it is asked. Source: contract.md §3.2.
fn faults(buyer: &Buyer) -> Vec<Wrong> {
    let (name, email, phone) = (buyer.name.reveal(), buyer.email.reveal(), buyer.phone.reveal());
    let letters = |b: u8| b.is_ascii_alphabetic() || b == b' ';
    let in_email = |b: u8| b.is_ascii_alphanumeric() || b"@._+-".contains(&b);
    let domain = email.split_once('@').map_or("", |(_, domain)| domain);
    let rules = [
        (
            "name",
            (1..=60).contains(&name.len()) && name.bytes().all(letters),
            "Name: letters a to z, and blanks between them.",
        ),
        (
            "email",
            email.len() <= 60
                && !email.starts_with('@')
                && email.bytes().all(in_email)
                && !domain.contains('@')
                && domain.split('.').count() >= 2
                && !domain.split('.').any(str::is_empty),
            "E-mail: an address like asha@example.com.",
        ),
        (
            "phone",
            (5..=15).contains(&phone.len()) && phone.bytes().all(|b| b.is_ascii_digit()),
            "Phone: 5 to 15 digits.",
        ),
    ];
    let wrong = rules.into_iter().filter(|(_, fits, _)| !fits);
    wrong
        .map(|(field, _, sentence)| Wrong { field, sentence })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(form: &str) -> Vec<&'static str> {
        let fields = Fields::read(None, form.as_bytes()).unwrap();
        faults(&read_buyer(&fields))
            .into_iter()
            .map(|wrong| wrong.field)
            .collect()
    }

    #[test]
    fn everything_wrong_with_a_buyer_is_said_at_once_and_the_sample_is_fine() {
        assert!(faults(&sample_buyer()).is_empty());
        assert_eq!(wrong(""), ["name", "email", "phone"]);
        assert_eq!(wrong("name=R2&email=a@b&phone=12"), ["name", "email", "phone"]);
        for bad in ["@b.in", "a@b@c.in", "a@.in", "a|b@c.in", "a b@c.in"] {
            assert_eq!(
                wrong(&format!("name=Asha&email={bad}&phone=12345")),
                ["email"],
                "{bad}"
            );
        }
    }
}
