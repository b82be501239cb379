//! UPI QR straight into the operator's own account: what the bank's statement says pays the attempt that it names, or stands
//! in suspense in the open.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, UnixMs,
    acquirer::Fault,
    id::kind::Payment,
    payment::{CHECKOUT_MS, EndRefusal, Status, Wish},
    rail::Utr,
};
use rokad_flows::payment::receive::{Line, ReceiveRefusal, Received, Statement, receive};
use rokad_store::receipt::in_suspense;
use support::{Till, rupees, world::TAG};

fn line(till: &Till, utr: &str, amount_rupees: i64, remark: &str) -> Line {
    Line {
        utr: Utr::parse(utr).unwrap(),
        amount: rupees(amount_rupees),
        at: till.world.db.clock().now().at(),
        remark: remark.to_owned(),
    }
}

async fn take(till: &Till, lines: Vec<Line>, complete_until: Option<UnixMs>) -> Received {
    receive(&till.world.house, statement("pg1", lines, complete_until))
        .await
        .unwrap()
}

fn statement(account: &str, lines: Vec<Line>, complete_until: Option<UnixMs>) -> Statement {
    Statement {
        account: account.to_owned(),
        lines,
        complete_until,
        said_by: "january.csv".to_owned(),
        instance_tag: TAG.to_owned(),
    }
}

/// A payment whose QR code the customer looks at, and its reference.
async fn shown(till: &Till, txnid: &str) -> (Id<Payment>, String) {
    let payment = till.open(txnid, 100).await;
    let begun = till.show_qr(payment, 1).await;
    (payment, begun.attempt.reference)
}

/// Why each receipt in suspense is there.
async fn suspense(till: &Till) -> Vec<String> {
    let receipts = till.world.house.store.read(|tx| in_suspense(tx)).await.unwrap();
    receipts
        .into_iter()
        .map(|receipt| receipt.pays.unwrap_err())
        .collect()
}

on_every_database! {
    fn a_line_that_names_a_payment_pays_it_and_taking_it_again_changes_nothing(db) {
        let till = Till::new(db).await;
        let (payment, reference) = shown(&till, "T1").await;
        let lines = vec![line(&till, "UTR1", 100, &format!("UPI/{reference}/asha@bank"))];
        let first = take(&till, lines.clone(), None).await;
        assert_eq!(first, Received { captured: 1, ..Received::default() });
        assert_eq!(till.status(payment).await, "Money with Payumoney");
        let statement = till.world.statement().await;
        assert!(statement.contains(&"bank:1 ₹11,100.00".to_owned()), "{statement:#?}");
        assert_eq!(take(&till, lines, None).await, Received { known: 1, ..Received::default() });
        assert_eq!(till.world.statement().await, statement);
    }

    fn what_does_not_fit_goes_into_suspense_and_says_why(db) {
        let till = Till::new(db).await;
        let (short, short_reference) = shown(&till, "T1").await;
        let (paid, paid_reference) = shown(&till, "T2").await;
        let (_, late_reference) = shown(&till, "T3").await;
        let lines = vec![
            line(&till, "UTR1", 99, &short_reference),
            line(&till, "UTR2", 100, &paid_reference),
            line(&till, "UTR3", 100, &paid_reference),
            line(&till, "UTR4", 7, "rent for january"),
            line(&till, "UTR5", 7, "RC0A1B2C00000000000099"),
            Line { at: till.world.db.clock().now().at().plus_ms(CHECKOUT_MS + 1), ..line(&till, "UTR6", 100, &late_reference) },
        ];
        let received = take(&till, lines, None).await;
        assert_eq!((received.captured, received.in_suspense), (1, 5));
        assert_eq!(suspense(&till).await, [
            "it is another amount",
            "it is paid already",
            "no reference of ours in the remark",
            "the reference is none of ours",
            "it was paid after its time",
        ]);
        assert_eq!((till.status(short).await, till.status(paid).await), ("Initiated", "Money with Payumoney"));
        let statement = till.world.statement().await;
        assert!(statement.contains(&"suspense ₹313.00".to_owned()), "{statement:#?}");
    }

    fn nobody_guesses_that_a_qr_code_was_not_paid(db) {
        let till = Till::new(db).await;
        let (payment, reference) = shown(&till, "T1").await;
        let on_time = line(&till, "UTR1", 100, &reference);
        till.world.db.forward(CHECKOUT_MS + 60_000);
        assert_eq!(till.ask().await, 0, "there is nobody to ask");
        assert_eq!(till.end(payment, Wish::Expire).await, Err(EndRefusal::UnderWay));
        assert_eq!(till.status(payment).await, "Initiated");
        take(&till, vec![on_time], None).await;
        assert_eq!(till.status(payment).await, "Money with Payumoney", "paid in time, heard late");
    }

    fn a_statement_that_is_complete_says_what_was_not_paid(db) {
        let till = Till::new(db).await;
        let (payment, reference) = shown(&till, "T1").await;
        let over = till.world.db.clock().now().at().plus_ms(CHECKOUT_MS);
        assert_eq!(take(&till, vec![], Some(over)).await.unpaid, 0, "its last instant is not covered");
        till.world.db.forward(CHECKOUT_MS + 60_000);
        assert_eq!(take(&till, vec![], Some(over.plus_ms(1))).await.unpaid, 1);
        assert_eq!(till.report(payment).await.attempt.unwrap().fault, Some(Fault::NotFinished));
        assert_eq!(till.end(payment, Wish::Expire).await, Ok(Status::Bounced));
        let too_late = take(&till, vec![line(&till, "UTR1", 100, &reference)], None).await;
        assert_eq!((too_late.captured, too_late.in_suspense), (0, 1));
        till.world.statement().await;
    }

    fn a_statement_of_no_account_is_refused(db) {
        let till = Till::new(db).await;
        let refused = receive(&till.world.house, statement("pg9", vec![], None)).await;
        assert!(matches!(refused, Err(ReceiveRefusal::NoAccount)));
    }
}
