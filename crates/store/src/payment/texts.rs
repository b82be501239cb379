//! Texts of an order that share a column: the customer's, and the user-defined fields.

use crate::error::StoreError;
use rokad_domain::{
    Private,
    payment::{Customer, PaymentOrder},
};

/// Stands before each of the texts that share a column. No text of an order may hold it; `wire` refuses control characters.
const SEPARATOR: char = '\n';

fn join<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<String, StoreError> {
    let mut joined = String::new();
    for text in texts {
        if text.contains(SEPARATOR) {
            return Err(StoreError::corrupt("a control character in an order's text"));
        }
        joined.push(SEPARATOR);
        joined.push_str(text);
    }
    Ok(joined)
}

pub(super) fn split<const N: usize>(joined: &str) -> Option<[String; N]> {
    let parts: Vec<String> = joined.split(SEPARATOR).skip(1).map(str::to_owned).collect();
    parts.try_into().ok()
}

/// As they are written.
pub(super) struct SharedTexts {
    customer: String,
    udf: String,
}

impl SharedTexts {
    pub(super) fn of(order: &PaymentOrder) -> Result<Self, StoreError> {
        Ok(Self {
            customer: join(customer_texts(&order.customer))?,
            udf: join(order.udf.iter().map(String::as_str))?,
        })
    }

    /// All texts of a payment's row, in the order of the chain.
    pub(super) fn with<'t>(&'t self, order: &'t PaymentOrder) -> [&'t str; 6] {
        let (customer, udf) = (self.customer.as_str(), self.udf.as_str());
        let PaymentOrder {
            txnid,
            productinfo,
            surl,
            furl,
            ..
        } = order;
        [txnid.as_str(), productinfo, customer, udf, surl, furl]
    }
}

fn customer_texts(customer: &Customer) -> [&str; 10] {
    let c = customer;
    [
        &c.firstname,
        &c.lastname,
        &c.email,
        &c.phone,
        &c.address1,
        &c.address2,
        &c.city,
        &c.state,
        &c.country,
        &c.zipcode,
    ]
    .map(|text| text.reveal().as_str())
}

pub(super) fn read_customer(joined: &str) -> Option<Customer> {
    let [
        firstname,
        lastname,
        email,
        phone,
        address1,
        address2,
        city,
        state,
        country,
        zipcode,
    ] = split::<10>(joined)?.map(Private::new);
    Some(Customer {
        firstname,
        lastname,
        email,
        phone,
        address1,
        address2,
        city,
        state,
        country,
        zipcode,
    })
}
