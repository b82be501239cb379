//! A house with a merchant that collects: an acquirer, a bank account for QR payments, and shorthand for a customer's deeds.

use super::{
    Database, World,
    acquirer::Acquirer,
    world::{TAG, jitter, rupees},
};
use rokad_domain::{
    Id, Paise, Private,
    account::Account,
    acquirer::{Means, Method},
    id::kind::{Acquirer as AcquirerKind, Attempt, Payment, Refund},
    payment::{AttemptRefusal, Customer, EndRefusal, PaymentOrder, Status, TxnId, Verdict, Wish},
    rail::Utr,
    refund::RefundRefusal,
};
use rokad_flows::{
    bootstrap::declare_acquirers,
    payment::{
        ask::{self, take_questions},
        attempt::{self, AttemptRequest, Begun},
        end::{EndRequest, end},
        open::{OpenRefusal, Opened, PaymentRequest, open},
        receive::{Line, Statement, receive},
        reference, settle,
        status::{Report, by_id},
    },
    refund::{
        self,
        errand::{self, take_errands},
        request::{Accepted, RefundRequest},
    },
};
use rokad_store::{attempt::Shown, refund::StoredRefund};

/// See the module.
pub struct Till {
    pub world: World,
    pub acquirer: Acquirer,
    pub acquirer_id: Id<AcquirerKind>,
}

/// An order of so many rupees.
pub fn order(txnid: &str, amount_rupees: i64) -> PaymentOrder {
    let private = |text: &str| Private::new(text.to_owned());
    PaymentOrder {
        txnid: TxnId::parse(txnid).unwrap(),
        amount: rupees(amount_rupees),
        productinfo: "Blue pen".to_owned(),
        customer: Customer {
            firstname: private("Asha"),
            email: private("asha@example.com"),
            phone: private("9876543210"),
            ..Customer::default()
        },
        udf: [const { String::new() }; 10],
        surl: "https://shop.example/ok".to_owned(),
        furl: "https://shop.example/no".to_owned(),
    }
}

impl AsRef<World> for Till {
    fn as_ref(&self) -> &World {
        &self.world
    }
}

impl Till {
    pub async fn new(db: Database) -> Self {
        let world = World::new(db).await;
        let declared = declare_acquirers(&world.house, vec!["test".to_owned()])
            .await
            .unwrap();
        Self {
            acquirer: Acquirer::new(world.db.clock()),
            acquirer_id: declared[0],
            world,
        }
    }

    pub fn ask_for(&self, order: PaymentOrder) -> PaymentRequest {
        PaymentRequest {
            merchant: self.world.merchant,
            plan: self.world.plan,
            settle_after: 2,
            order,
        }
    }

    pub async fn try_open(&self, order: PaymentOrder) -> Result<Opened, OpenRefusal> {
        open(&self.world.house, self.ask_for(order)).await.unwrap()
    }

    /// Opens a payment.
    pub async fn open(&self, txnid: &str, amount_rupees: i64) -> Id<Payment> {
        self.try_open(order(txnid, amount_rupees)).await.unwrap().payment
    }

    pub fn attempt_request(&self, payment: Id<Payment>, number: u32, vpa: &str) -> AttemptRequest {
        AttemptRequest {
            payment,
            number,
            means: Shown {
                method: Method::Upi,
                shown: vpa.to_owned(),
                scheme: None,
                name_on_card: Private::default(),
                fingerprint: Vec::new(),
            },
            purse: Account::Acquirer(self.acquirer_id),
            instance_tag: TAG.to_owned(),
        }
    }

    /// The customer sends the form of attempt `number`.
    pub async fn pay(&self, payment: Id<Payment>, number: u32, vpa: &str) -> Result<Verdict, AttemptRefusal> {
        let ask = self.attempt_request(payment, number, vpa);
        let means = Means::Upi(Private::new(vpa.to_owned()));
        attempt::pay(
            &self.world.house,
            &self.acquirer,
            ask,
            means,
            String::new(),
            jitter(),
        )
        .await
        .unwrap()
    }

    /// The customer chooses the QR code.
    pub async fn show_qr(&self, payment: Id<Payment>, number: u32) -> Begun {
        let mut ask = self.attempt_request(payment, number, "");
        (ask.means.method, ask.purse) = (Method::UpiQr, Account::Bank(Id::new(1)));
        attempt::show_qr(&self.world.house, ask).await.unwrap().unwrap()
    }

    /// The bank's statement says that the customer paid by the QR code.
    pub async fn receive_qr(&self, begun: &Begun) {
        let line = Line {
            utr: Utr::parse("UTR1").unwrap(),
            amount: begun.order.order.amount,
            at: self.world.db.clock().now().at(),
            remark: begun.attempt.reference.clone(),
        };
        let statement = Statement {
            account: "pg1".to_owned(),
            lines: vec![line],
            complete_until: None,
            said_by: "january.csv".to_owned(),
            instance_tag: TAG.to_owned(),
        };
        let received = receive(&self.world.house, statement).await.unwrap();
        assert_eq!(received.captured, 1);
    }

    /// The customer wants another way to pay.
    pub async fn call_off(&self, payment: Id<Payment>) -> Verdict {
        let report = self.report(payment).await;
        attempt::call_off(
            &self.world.house,
            &self.acquirer,
            &report.attempt.unwrap(),
            &report.payment,
            jitter(),
        )
        .await
        .unwrap()
    }

    pub async fn end(&self, payment: Id<Payment>, wish: Wish) -> Result<Status, EndRefusal> {
        end(&self.world.house, EndRequest { payment, wish })
            .await
            .unwrap()
    }

    /// Asks everything that is due. How many questions there were.
    pub async fn ask(&self) -> usize {
        let inquiries = self.world.house.store.run(take_questions, 1_000).await.unwrap();
        for inquiry in &inquiries {
            ask::ask(&self.world.house, &self.acquirer, inquiry, jitter())
                .await
                .unwrap();
        }
        inquiries.len()
    }

    pub async fn report(&self, payment: Id<Payment>) -> Report {
        by_id(&self.world.house, payment).await.unwrap().unwrap()
    }

    /// The word of the wire.
    pub async fn status(&self, payment: Id<Payment>) -> &'static str {
        self.report(payment).await.status().word()
    }

    /// The reference of the last attempt.
    pub async fn reference(&self, payment: Id<Payment>) -> String {
        let attempt: Id<Attempt> = self.report(payment).await.payment.last_attempt.unwrap();
        reference::make(TAG, attempt)
    }

    pub fn refund_request(&self, payment: Id<Payment>, paise: i64, key: Option<&str>) -> RefundRequest {
        RefundRequest {
            merchant: self.world.merchant,
            payment,
            amount: Paise::new(paise).unwrap(),
            key: key.map(str::to_owned),
            instance_tag: TAG.to_owned(),
        }
    }

    /// The merchant asks for a refund of so many paise.
    pub async fn try_refund(
        &self,
        payment: Id<Payment>,
        paise: i64,
        key: Option<&str>,
    ) -> Result<Accepted, RefundRefusal> {
        let ask = self.refund_request(payment, paise, key);
        refund::request::request(&self.world.house, ask).await.unwrap()
    }

    /// The merchant asks for a refund of so many paise, and it is made.
    pub async fn refund(&self, payment: Id<Payment>, paise: i64) -> Id<Refund> {
        self.try_refund(payment, paise, None).await.unwrap().refund
    }

    /// Runs every errand of refunds that is due. How many there were.
    pub async fn run_errands(&self) -> usize {
        let errands = self.world.house.store.run(take_errands, 1_000).await.unwrap();
        for errand in &errands {
            errand::run(&self.world.house, &self.acquirer, errand, jitter())
                .await
                .unwrap();
        }
        errands.len()
    }

    /// Our reference of a refund.
    pub fn refund_reference(&self, refund: Id<Refund>) -> String {
        refund::reference::make(TAG, refund)
    }

    /// Every refund in the words of the wire, with its amount.
    pub async fn refunds(&self, payment: Id<Payment>) -> Vec<String> {
        let merchant = self.world.merchant;
        let found = refund::status::of_payment(&self.world.house, merchant, payment).await;
        let (_, refunds) = found.unwrap().unwrap();
        let line = |refund: &StoredRefund| format!("{} {}", refund.amount, refund.status.word());
        refunds.iter().map(line).collect()
    }

    /// Settles all that is due today.
    pub async fn settle(&self) -> settle::Settled {
        let today = self.world.db.clock().now().at().day_in_kolkata();
        settle::settle(&self.world.house, None, today).await.unwrap()
    }
}
