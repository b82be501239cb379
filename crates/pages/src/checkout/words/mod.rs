//! Every text of the checkout, once for each language: a text that is missing in one does not compile.

mod en;
mod hi;

use super::view::FormFault;
use crate::Lang;
use rokad_domain::acquirer::{Fault, Method};

/// The texts of a language.
pub(super) struct Words {
    pub lang: Lang,
    pub brand: &'static str,
    pub brand_line: &'static str,
    pub test_mode: &'static str,
    pub test_data: &'static str,
    pub test_card: &'static str,
    pub test_card_fails: &'static str,
    pub test_upi: &'static str,
    pub test_bank: &'static str,
    pub order: &'static str,
    pub purpose: &'static str,
    pub time_left: &'static str,
    pub minutes_left: &'static str,
    pub footer: &'static str,
    pub footer_link: &'static str,

    pub choose: &'static str,
    pub nothing_left: &'static str,
    pub card_number: &'static str,
    pub card_expiry: &'static str,
    pub card_expiry_help: &'static str,
    pub card_cvv: &'static str,
    pub card_cvv_help: &'static str,
    pub card_name: &'static str,
    pub card_kept: &'static str,
    pub vpa: &'static str,
    pub vpa_help: &'static str,
    pub bank: &'static str,
    pub bank_choose: &'static str,
    pub bank_help: &'static str,
    pub wallet: &'static str,
    pub wallet_choose: &'static str,
    pub wallet_help: &'static str,
    pub qr_help: &'static str,
    pub qr_show: &'static str,
    pub cancel: &'static str,
    pub wait: &'static str,
    pub please_correct: &'static str,
    pub not_paid: &'static str,
    pub no_money: &'static str,
    pub too_many: &'static str,

    pub bank_title: &'static str,
    pub bank_going: &'static str,
    pub bank_back: &'static str,
    pub bank_continue: &'static str,
    pub wallet_title: &'static str,
    pub wallet_going: &'static str,
    pub wallet_back: &'static str,
    pub wallet_continue: &'static str,
    pub change: &'static str,
    pub change_help: &'static str,

    pub app_title: &'static str,
    pub app_steps: [&'static str; 3],
    pub follows: &'static str,
    pub reload: &'static str,

    pub checking_title: &'static str,
    pub checking: &'static str,
    pub checking_follows: &'static str,
    pub do_not_pay_again: &'static str,

    pub qr_title: &'static str,
    pub qr_steps: [&'static str; 3],
    pub qr_open: &'static str,
    pub qr_no_picture: &'static str,
    pub qr_stays: &'static str,
    pub payee: &'static str,
    pub upi_address: &'static str,
    pub reference: &'static str,
    pub amount: &'static str,

    pub paid_title: &'static str,
    pub payment_id: &'static str,
    pub failed_title: &'static str,
    pub cancelled_title: &'static str,
    pub expired_title: &'static str,
    pub expired: &'static str,
    pub pending_title: &'static str,
    pub pending: &'static str,
    pub may_close: &'static str,

    pub not_found_title: &'static str,
    pub not_found: &'static str,
    pub link_expired_title: &'static str,
    pub link_expired: &'static str,
    pub already_paid_title: &'static str,
    pub already_paid_link: &'static str,
    pub bad_order_title: &'static str,
    pub bad_order: &'static str,
    pub for_developers: &'static str,
    pub busy_title: &'static str,
    pub busy: &'static str,
    pub broken_title: &'static str,
    pub broken: &'static str,

    pub title: fn(amount: &str, merchant: &str) -> String,
    pub pay: fn(amount: &str) -> String,
    pub back_to: fn(merchant: &str) -> String,
    pub going_to: fn(merchant: &str) -> String,
    pub asked_at: fn(vpa: &str) -> String,
    pub paid: fn(amount: &str, merchant: &str) -> String,
    pub already_paid: fn(merchant: &str, txnid: &str) -> String,
    pub qr_label: fn(amount: &str, payee: &str) -> String,
    pub method: fn(Method) -> (&'static str, &'static str),
    pub fault: fn(Fault) -> &'static str,
    pub form_fault: fn(FormFault) -> &'static str,
}

/// The texts of `lang`.
pub(super) const fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &en::WORDS,
        Lang::Hi => &hi::WORDS,
    }
}

/// The texts in which something stands that is not a text. Templates call methods, not fields.
impl Words {
    pub fn title(&self, amount: &str, merchant: &str) -> String {
        (self.title)(amount, merchant)
    }

    pub fn pay(&self, amount: &str) -> String {
        (self.pay)(amount)
    }

    pub fn back_to(&self, merchant: &str) -> String {
        (self.back_to)(merchant)
    }

    pub fn going_to(&self, merchant: &str) -> String {
        (self.going_to)(merchant)
    }

    pub fn asked_at(&self, vpa: &str) -> String {
        (self.asked_at)(vpa)
    }

    pub fn paid(&self, amount: &str, merchant: &str) -> String {
        (self.paid)(amount, merchant)
    }

    pub fn already_paid(&self, merchant: &str, txnid: &str) -> String {
        (self.already_paid)(merchant, txnid)
    }

    pub fn method_name(&self, method: &Method) -> &'static str {
        (self.method)(*method).0
    }

    pub fn method_help(&self, method: &Method) -> &'static str {
        (self.method)(*method).1
    }

    pub fn fault(&self, fault: &Fault) -> &'static str {
        (self.fault)(*fault)
    }

    pub fn form_fault(&self, fault: &FormFault) -> &'static str {
        (self.form_fault)(*fault)
    }
}
