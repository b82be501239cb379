//! English.

use super::Words;
use crate::{Lang, checkout::view::FormFault};
use rokad_domain::{
    acquirer::{Fault, Method},
    card::CardFault,
};

pub(super) const WORDS: Words = Words {
    lang: Lang::En,
    brand: "Rokad",
    brand_line: "Secure payment",
    test_mode: "Test mode: no real money moves",
    test_data: "Test data",
    test_card: "Card 5123 4567 8901 2346, any expiry in the future, CVV 123, one-time password 123456",
    test_card_fails: "Card 6011 1111 1111 1117 always fails",
    test_upi: "UPI success@payu pays, fail@payu does not, slow@payu takes a while",
    test_bank: "Net banking: user payu, password payu, one-time password 123456",
    order: "Order",
    purpose: "For",
    time_left: "Time left",
    minutes_left: "Minutes left:",
    footer: "Your card number and CVV go to your bank and are not stored.",
    footer_link: "Payments by Rokad",

    choose: "Choose how to pay",
    nothing_left: "There is no way left to pay this order here.",
    card_number: "Card number",
    card_expiry: "Valid until",
    card_expiry_help: "Month and year, like 08/29",
    card_cvv: "CVV",
    card_cvv_help: "3 digits on the back; American Express: 4 on the front",
    card_name: "Name on the card",
    card_kept: "Type the card number and the CVV again: we never keep them.",
    vpa: "UPI ID",
    vpa_help: "Like name@bank. You confirm the payment in your UPI app.",
    bank: "Your bank",
    bank_choose: "Choose your bank",
    bank_help: "You sign in at your bank's own page.",
    wallet: "Your wallet",
    wallet_choose: "Choose your wallet",
    wallet_help: "You sign in at your wallet's own page.",
    qr_help: "We show you a QR code. Scan it with any UPI app. Once it is shown, you cannot change to another way to pay.",
    qr_show: "Show the QR code",
    cancel: "Cancel payment",
    wait: "Please wait…",
    please_correct: "Please correct this",
    not_paid: "The payment did not go through.",
    no_money: "No money was taken.",
    too_many: "Too many tries for this order. Go back to the shop and order again.",

    bank_title: "Confirm the payment at your bank",
    bank_going: "Your bank's page opens now. Confirm the payment there; you come back here by yourself.",
    bank_back: "This payment waits for you at your bank's page. No money has been taken so far as we know.",
    bank_continue: "Continue to your bank's page",
    wallet_title: "Confirm the payment at your wallet",
    wallet_going: "Your wallet's page opens now. Confirm the payment there; you come back here by yourself.",
    wallet_back: "This payment waits for you at your wallet's page. No money has been taken so far as we know.",
    wallet_continue: "Continue to your wallet's page",
    change: "Choose another way to pay",
    change_help: "Only if you have not confirmed this payment yet.",

    app_title: "Confirm the payment in your UPI app",
    app_steps: [
        "Open the UPI app on your phone.",
        "Find the payment request and check the name and the amount.",
        "Confirm it with your UPI PIN.",
    ],
    follows: "This page goes on by itself as soon as you have paid. Keep it open.",
    reload: "Look again",

    checking_title: "We are asking your bank",
    checking: "Your bank has not answered yet. If money was taken, this page will show it.",
    checking_follows: "This page goes on by itself as soon as your bank answers. Keep it open.",
    do_not_pay_again: "Do not pay again.",

    qr_title: "Scan and pay",
    qr_steps: [
        "Open any UPI app on your phone and scan this code.",
        "Check the name and the amount.",
        "Confirm it with your UPI PIN.",
    ],
    qr_open: "Open in a UPI app",
    qr_no_picture: "The code cannot be shown here. Use the button, or pay to the UPI ID below with the reference.",
    qr_stays: "This code can be paid until the time is over, so no other way to pay can be chosen meanwhile. If nobody pays by it, no money is taken.",
    payee: "Paid to",
    upi_address: "UPI ID",
    reference: "Reference",
    amount: "Amount",

    paid_title: "Payment successful",
    payment_id: "Payment number",
    failed_title: "Payment failed",
    cancelled_title: "Payment cancelled",
    expired_title: "The time to pay is over",
    expired: "This payment was not finished in time.",
    pending_title: "Your bank has not answered yet",
    pending: "Do not pay again. We keep asking your bank and tell the shop as soon as we know.",
    may_close: "You can close this page.",

    not_found_title: "There is no payment here",
    not_found: "The address may be mistyped or cut off. Go back to the shop and start the payment again.",
    link_expired_title: "This payment link has expired",
    link_expired: "No money was taken by it. Ask the shop for a new one.",
    already_paid_title: "This order is paid already",
    already_paid_link: "See this payment",
    bad_order_title: "This payment cannot start",
    bad_order: "The shop sent us an order that we cannot read. No money was taken. Please tell the shop.",
    for_developers: "For the shop's developers",
    busy_title: "Please try again in a moment",
    busy: "Too much is going on here just now. Nothing was charged by this request.",
    broken_title: "Something went wrong on our side",
    broken: "Do not pay again before you have looked: reload this page, or ask the shop whether your payment has arrived.",

    title: |amount, merchant| format!("Pay {amount} to {merchant}"),
    pay: |amount| format!("Pay {amount}"),
    back_to: |merchant| format!("Back to {merchant}"),
    going_to: |merchant| format!("You are going back to {merchant}…"),
    asked_at: |vpa| format!("A payment request was sent to {vpa}."),
    paid: |amount, merchant| format!("You paid {amount} to {merchant}."),
    already_paid: |merchant, txnid| {
        format!("Order {txnid} at {merchant} was paid before. It is not charged a second time.")
    },
    qr_label: |amount, payee| format!("QR code to pay {amount} to {payee}"),
    method,
    fault,
    form_fault,
};

const fn method(method: Method) -> (&'static str, &'static str) {
    match method {
        Method::Card => ("Card", "Credit or debit"),
        Method::Upi => ("UPI", "A request to your UPI app"),
        Method::NetBanking => ("Net banking", "At your bank's page"),
        Method::Wallet => ("Wallet", "At your wallet's page"),
        Method::UpiQr => ("UPI QR code", "Scan with any UPI app"),
    }
}

const fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::Declined => "Your bank declined the payment. Try another way to pay, or ask your bank.",
        Fault::InsufficientFunds => "There is not enough money in the account. Try another way to pay.",
        Fault::CvvWrong => "The CVV was wrong. Check the digits on your card and try again.",
        Fault::BrandInvalid => {
            "Cards of this kind are not taken here. Try another card or another way to pay."
        }
        Fault::VpaUnknown => "This UPI ID does not exist. Check it and try again.",
        Fault::OtpIncorrect => "The one-time password was wrong too often. Try again.",
        Fault::AuthenticationFailed => {
            "Your bank could not confirm that it is you. Try again, or pay another way."
        }
        Fault::CancelledAtBank => "You cancelled at your bank. You can try again or pay another way.",
        Fault::NotFinished => "The payment was not confirmed in time. Try again.",
        Fault::CalledOff => "You stopped the last try. Choose how to pay now.",
        Fault::NotReceived => "Your bank did not get the payment. Try again.",
        Fault::BankUnreachable => {
            "Your bank could not be reached. Try again in a moment, or pay another way."
        }
        Fault::Other => "Your bank refused the payment. Try again, or pay another way.",
    }
}

const fn form_fault(fault: FormFault) -> &'static str {
    match fault {
        FormFault::Card(card) => match card {
            CardFault::NumberNotDigits => "A card number has digits only",
            CardFault::NumberLength => "A card number has 12 to 19 digits",
            CardFault::NumberMistyped => "A digit of the card number is mistyped",
            CardFault::SchemeUnknown => "We cannot take cards of this kind",
            CardFault::ExpiryUnreadable => "Write month and year, like 08/29",
            CardFault::Expired => "This card has expired",
            CardFault::CvvLength => "The CVV has 3 digits (American Express: 4)",
        },
        FormFault::NameMissing => "Write the name as it stands on the card",
        FormFault::VpaUnreadable => "A UPI ID looks like name@bank",
        FormFault::BankMissing => "Choose your bank",
        FormFault::WalletMissing => "Choose your wallet",
    }
}
