//! The HTML of the customer's pages. Plain, no script, nothing from another host.

use super::super::{
    customer::{MISTAKES_MAX, Page, What, choice},
    record::Step,
    scripts::{OTP, PASSWORD, USER},
};
use crate::sandbox::html::escape;
use rokad_domain::{Paise, acquirer::Method, card::Scheme};
use std::fmt::{Error, Write};

/// What lies in every wallet, in paise, besides what is to be paid: five hundred rupees.
const WALLET_REST: i64 = 50_000;

/// A customer's page.
pub fn page(page: &Page) -> Result<String, Error> {
    let mut body = String::new();
    match page.what {
        What::Step { step, mistakes } => write_step(&mut body, page, step, mistakes)?,
        What::Paid => write_end(&mut body, page, "Paid", "You have paid")?,
        What::Expired => write_end(
            &mut body,
            page,
            "This page has expired",
            "The time to answer is over. Nothing was paid:",
        )?,
        What::NotPaid => write_end(&mut body, page, "Not paid", "Nothing was paid:")?,
    }
    Ok(document(title(page), service(page.method), &body))
}

/// What stands where no customer's page is.
pub fn nowhere() -> String {
    document(
        "No such page",
        "Payments",
        "<h1>No such page</h1>\n<p>There is nothing to pay here. Go back to the shop.</p>\n",
    )
}

/// What stands where the bank cannot answer.
pub fn broken() -> String {
    document(
        "Not available",
        "Payments",
        "<h1>The bank cannot answer</h1>\n<p>Reload this page in a moment. Nothing is paid twice.</p>\n",
    )
}

fn document(title: &str, service: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · Sandbox bank</title>\n\
         <link rel=\"stylesheet\" href=\"/customer.css\">\n</head>\n<body>\n\
         <header><p class=\"bank\">Sandbox bank</p><p>{service}</p></header>\n<main>\n{body}</main>\n\
         <footer><p>A sandbox: no real money moves here.</p></footer>\n</body>\n</html>\n"
    )
}

fn title(page: &Page) -> &'static str {
    match page.what {
        What::Step {
            step: Step::Login, ..
        } => "Log in",
        What::Step { .. } => "Confirm your payment",
        What::Paid => "Paid",
        What::Expired => "Expired",
        What::NotPaid => "Not paid",
    }
}

const fn service(method: Method) -> &'static str {
    match method {
        Method::Card => "3-D Secure",
        Method::NetBanking => "Net banking",
        Method::Wallet => "Wallet",
        Method::Upi | Method::UpiQr => "UPI",
    }
}

fn write_step(out: &mut String, page: &Page, step: Step, mistakes: u8) -> std::fmt::Result {
    let heading = match step {
        Step::Login => "Log in to pay",
        Step::Otp => "Confirm your payment",
        Step::Balance => "Pay from your wallet",
    };
    writeln!(out, "<h1>{heading}</h1>")?;
    write_facts(out, page, step)?;
    if mistakes > 0 {
        let left = MISTAKES_MAX.saturating_sub(mistakes);
        let (tries, wrong) = (if left == 1 { "try" } else { "tries" }, wrong(step));
        writeln!(
            out,
            "<p class=\"error\" role=\"alert\" id=\"error\">{wrong} {left} {tries} left. Nothing was paid so far.</p>"
        )?;
    }
    out.push_str("<form method=\"post\" autocomplete=\"off\">\n");
    write_fields(out, step, mistakes > 0)?;
    let button = match step {
        Step::Login => "Log in".to_owned(),
        Step::Otp if page.method == Method::Wallet => "Open the wallet".to_owned(),
        Step::Otp | Step::Balance => format!("Pay {}", page.amount),
    };
    let choice = choice(step);
    writeln!(
        out,
        "<button class=\"main\" name=\"choice\" value=\"{choice}\">{button}</button>\n\
         <button name=\"choice\" value=\"cancel\" formnovalidate>Cancel</button>\n</form>"
    )?;
    match step {
        Step::Login => writeln!(
            out,
            "<p class=\"hint\">Sandbox: the user is <code>{USER}</code>, the password is <code>{PASSWORD}</code>.</p>"
        ),
        Step::Otp => writeln!(
            out,
            "<p class=\"hint\">Sandbox: the OTP is <code>{OTP}</code>.</p>"
        ),
        Step::Balance => Ok(()),
    }
}

const fn wrong(step: Step) -> &'static str {
    match step {
        Step::Login => "User or password is wrong.",
        Step::Otp | Step::Balance => "That one-time password is wrong.",
    }
}

/// What is paid, and from where.
fn write_facts(out: &mut String, page: &Page, step: Step) -> std::fmt::Result {
    let amount = page.amount;
    write!(
        out,
        "<dl>\n<dt>Amount</dt><dd class=\"amount\">{amount}</dd>\n<dt>{}</dt><dd>{}</dd>\n",
        from_word(page),
        escape(&page.shown)
    )?;
    if step == Step::Balance {
        let balance = Paise::new(WALLET_REST).and_then(|rest| rest.plus(amount));
        writeln!(
            out,
            "<dt>In the wallet</dt><dd>{}</dd>",
            balance.unwrap_or(amount)
        )?;
    }
    out.push_str("</dl>\n");
    Ok(())
}

fn from_word(page: &Page) -> &'static str {
    match page.method {
        Method::Card => Scheme::of(&page.shown).map_or("Card", Scheme::name),
        Method::NetBanking => "Bank",
        Method::Wallet => "Wallet",
        Method::Upi | Method::UpiQr => "Address",
    }
}

/// The fields of a page. The first one has the focus; after a mistake it is described by what was wrong.
fn write_fields(out: &mut String, step: Step, wrong: bool) -> std::fmt::Result {
    let described = if wrong {
        " aria-invalid=\"true\" aria-describedby=\"error\""
    } else {
        ""
    };
    match step {
        Step::Login => writeln!(
            out,
            "<label for=\"user\">User</label>\n\
             <input id=\"user\" name=\"user\" autocomplete=\"off\" autocapitalize=\"none\" maxlength=\"40\" required autofocus{described}>\n\
             <label for=\"password\">Password</label>\n\
             <input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"off\" maxlength=\"40\" required{described}>"
        ),
        Step::Otp => writeln!(
            out,
            "<label for=\"otp\">One-time password (OTP)</label>\n\
             <input id=\"otp\" name=\"otp\" inputmode=\"numeric\" autocomplete=\"one-time-code\" maxlength=\"10\" required autofocus{described}>"
        ),
        Step::Balance => Ok(()),
    }
}

/// How it ended, and the way back.
fn write_end(out: &mut String, page: &Page, heading: &str, sentence: &str) -> std::fmt::Result {
    writeln!(
        out,
        "<h1>{heading}</h1>\n<p>{sentence} <strong>{}</strong>.</p>\n\
         <p><a class=\"main\" href=\"{}\">Back to the shop</a></p>",
        page.amount,
        escape(&page.return_url)
    )
}
