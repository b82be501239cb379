use super::{
    tests::{PRODUCTION, UAT, ask, sample},
    *,
};
use proptest::prelude::*;
use rokad_domain::{Paise, payout::OrderId};
use serde_json::json;

prop_compose! {
    fn any_order()(
        order_id in "[A-Za-z0-9]{10,13}", rupees in 1..=500_000i64, holder in "[\\p{L}\"\\\\/<]([\\p{L} .'&]{0,50}\\p{L})?",
        account_no in "[A-Za-z0-9]{6,34}", ifsc in "[A-Za-z0-9]{4,11}", bank in "(\\p{L}{1,100})?",
        bank_address in "(\\p{L}[\\p{L} ]{0,100}\\p{L})?", email in "([a-z]{1,20}@[a-z]{1,20}\\.in)?", phone in "([0-9]{10})?",
    ) -> Order {
        Order {
            order_id: OrderId::parse(&order_id).unwrap(),
            amount: Paise::from_rupees(rupees).unwrap(),
            to: Beneficiary {
                account_no: Private::new(account_no), account_holder: Private::new(holder), ifsc, bank, bank_address,
                email: Private::new(email), phone: Private::new(phone),
            },
        }
    }
}

proptest! {
    #[test]
    fn an_order_that_is_rendered_reads_as_itself(order in any_order()) {
        let body = render("2323232323", &order);
        let fields = Fields::read(None, &body).unwrap();
        prop_assert_eq!(pid_of(&fields), Ok("2323232323"));
        prop_assert_eq!(parse(&fields, &UAT).unwrap(), order);
    }

    #[test]
    fn an_amount_is_taken_exactly_when_it_is_digits_in_range(text in "[0-9]{1,7}|[-+0-9.e, ]{0,6}") {
        let good = text.trim().bytes().all(|b| b.is_ascii_digit())
            && text.trim().parse::<i64>().is_ok_and(|rupees| (1..=500_000).contains(&rupees));
        let amount = ask(&UAT, &sample("amount", json!(text))).map(|order| order.amount.whole_rupees());
        prop_assert_eq!(amount.is_ok(), good);
        prop_assert!(amount.is_err() || amount == Ok(text.trim().parse().unwrap()));
    }

    #[test]
    fn no_value_breaks_the_rules(name in "[a-z_]{1,14}", text in any::<String>(), production in any::<bool>()) {
        let rules = if production { PRODUCTION } else { UAT };
        for name in [name.as_str(), "amount", "ifsc", "account_no", "account_holder"] {
            if let Err(refusal) = ask(&rules, &sample(name, json!(text))) {
                prop_assert_eq!(refusal.wire().status, 400);
            }
        }
    }
}
