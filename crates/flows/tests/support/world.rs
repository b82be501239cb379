//! A house with one merchant (₹10,000) and one bank account (₹11,000 in it, ₹1,000 of them the operator's own).

use super::{Bank, Database};
use rokad_domain::{
    BasisPoints, Id, Paise, Private,
    account::Account,
    charge::{FeeOnReturn, FeePlan},
    id::kind::{Endpoint, Merchant, Node, Payout},
    node::{Duty, Lease},
    payout::{Beneficiary, Order, OrderId, RequestRefusal, Verdict},
    retry::Jitter,
};
use rokad_flows::{
    House, Keyring,
    bootstrap::declare_bank_accounts,
    directory::SecretKind,
    fund::{self, Whose},
    merchant::{self, FreshSecret, NewMerchant},
    node::{Beat, Newcomer, beat, join},
    payout::{
        ask::{self, Inquiry},
        dispatch::{Claim, Claimed, Sending, carry_out, dispatch_payouts},
        news,
        request::{Accepted, PayoutRequest, request},
    },
    verify::{Statement, verify},
};
use rokad_store::{StoreError, bank_account::Declared, merchant::Terms, payout};

/// Stands for this instance in references.
pub const TAG: &str = "0A1B2C";

/// Paise of so many rupees.
pub fn rupees(rupees: i64) -> Paise {
    Paise::from_rupees(rupees).unwrap()
}

/// No jitter.
pub fn jitter() -> Jitter {
    Jitter::from_random(0)
}

/// An order to an account that tells the bank of the tests what to do.
pub fn order(number: i64, amount_rupees: i64, account_no: &str) -> Order {
    let private = |text: &str| Private::new(text.to_owned());
    Order {
        order_id: OrderId::parse(&format!("ORDER{number:06}")).unwrap(),
        amount: rupees(amount_rupees),
        to: Beneficiary {
            account_no: private(account_no),
            account_holder: private("Asha Rao"),
            ifsc: "HDFC0000001".to_owned(),
            bank: "HDFC".to_owned(),
            bank_address: String::new(),
            email: private("asha@example.com"),
            phone: private(""),
        },
    }
}

/// ₹3 and 0.25 %, and 18 % tax on that.
pub fn plan(on_return: FeeOnReturn) -> FeePlan {
    FeePlan {
        flat: rupees(3),
        rate: BasisPoints::new(25).unwrap(),
        gst: BasisPoints::new(1_800).unwrap(),
        on_return,
    }
}

/// A bank account of the operator, without limits that anybody meets.
pub fn bank_account(name: &str, number: &str) -> Declared {
    Declared {
        name: name.to_owned(),
        rail: "test".to_owned(),
        number: number.to_owned(),
        holder: "Operator".to_owned(),
        bank: "A bank".to_owned(),
        minimum_balance: Paise::ZERO,
        daily_limit: rupees(10_000_000),
        weight: 1,
    }
}

/// Takes all duties.
async fn serve(house: &House) -> Id<Node> {
    let newcomer = Newcomer {
        name: "test".to_owned(),
        works: true,
    };
    let node = join(house, newcomer).await.unwrap().node;
    let first = Beat {
        node,
        silent: Vec::new(),
        done_with: Vec::new(),
    };
    let standing = beat(house, first).await.unwrap().unwrap();
    assert_eq!(standing.duties.len(), Duty::all().count());
    node
}

/// See the module.
pub struct World {
    pub db: Database,
    pub house: House,
    pub keys: Keyring,
    pub bank: Bank,
    pub merchant: Id<Merchant>,
    /// The one that serves, with all duties.
    pub node: Id<Node>,
    pub plan: FeePlan,
}

impl AsRef<World> for World {
    fn as_ref(&self) -> &World {
        self
    }
}

impl World {
    pub async fn new(db: Database) -> Self {
        Self::with(db, bank_account("pg1", "OP1")).await
    }

    pub async fn with(db: Database, account: Declared) -> Self {
        let house = House::new(db.open());
        let keys = Keyring::new([7; 32]);
        let bank = Bank::new(db.clock());
        let (name, number) = (account.name.clone(), account.number.clone());
        declare_bank_accounts(&house, vec![account]).await.unwrap();
        let merchant = add_merchant(&house, &keys, "SHOP1").await;
        for (whose, amount) in [
            (Whose::Merchant("SHOP1".into()), 10_000),
            (Whose::Operator, 1_000),
        ] {
            let by = "test".to_owned();
            fund::fund(&house, whose, rupees(amount), Some(name.clone()), by)
                .await
                .unwrap();
            bank.receive(&number, rupees(amount));
        }
        let plan = plan(FeeOnReturn::Keep);
        let node = serve(&house).await;
        Self {
            db,
            house,
            keys,
            bank,
            merchant,
            node,
            plan,
        }
    }

    /// The lease on the callbacks to this endpoint.
    pub fn round_of(&self, endpoint: Id<Endpoint>) -> Lease {
        Lease {
            duty: Duty::round_of(endpoint),
            node: self.node,
        }
    }

    /// The lease on this duty.
    pub fn lease(&self, duty: Duty) -> Lease {
        let node = self.node;
        Lease { duty, node }
    }

    /// The program dies and is started again: only the database is left, and the bank.
    pub async fn restart(&mut self) {
        self.house.store.close();
        self.house = House::new(self.db.open());
        self.node = serve(&self.house).await;
        ask::take_over(&self.house).await.unwrap();
    }

    pub fn ask_for(&self, order: Order) -> PayoutRequest {
        PayoutRequest {
            merchant: self.merchant,
            plan: self.plan,
            endpoint: Some(self.endpoint()),
            order,
        }
    }

    pub fn endpoint(&self) -> Id<Endpoint> {
        Id::new(1)
    }

    pub async fn request(&self, order: Order) -> Result<Accepted, RequestRefusal> {
        request(&self.house, self.ask_for(order)).await.unwrap()
    }

    /// Takes everything that waits, and keeps the intents.
    pub async fn claim(&self) -> Claimed {
        let claim = Claim {
            after: Id::new(0),
            limit: 1_000,
            instance_tag: TAG.to_owned(),
        };
        self.house.store.run(dispatch_payouts, claim).await.unwrap()
    }

    pub async fn send(&self, sending: &Sending) -> Result<(), StoreError> {
        carry_out(&self.house, &self.bank, sending, jitter()).await
    }

    /// Takes everything that waits, and tells the bank.
    pub async fn dispatch(&self) {
        for sending in self.claim().await.sendings {
            self.send(&sending).await.unwrap();
        }
    }

    /// Requests a payout, and tells the bank.
    pub async fn pay(&self, order: Order) -> Id<Payout> {
        let accepted = self.request(order).await.unwrap();
        self.dispatch().await;
        accepted.payout
    }

    pub async fn questions(&self) -> Vec<Inquiry> {
        self.house.store.run(ask::take_questions, 1_000).await.unwrap()
    }

    /// Asks everything that is due.
    pub async fn ask(&self) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        for inquiry in self.questions().await {
            verdicts.push(
                ask::ask(&self.house, &self.bank, &inquiry, jitter())
                    .await
                    .unwrap(),
            );
        }
        verdicts
    }

    /// Reads all news. The first failure ends it.
    pub async fn hear(&self) -> Result<(), StoreError> {
        while news::hear(&self.house, None, "test", &self.bank, TAG, jitter()).await? > 0 {}
        Ok(())
    }

    pub async fn verify(&self) -> Statement {
        verify(&self.house).await.unwrap()
    }

    /// What an accountant sees: every balance that is not zero, then the state of every payout. The book must be sound.
    pub async fn statement(&self) -> Vec<String> {
        let statement = self.verify().await;
        assert_eq!(statement.faults, [""; 0]);
        let shown = |(account, paise): &(Account, i64)| match Paise::new(*paise) {
            Some(paise) => format!("{account} {paise}"),
            None => format!("{account} -{}", Paise::new(-paise).unwrap()),
        };
        let some = statement.balances.iter().filter(|(_, paise)| *paise != 0);
        some.map(shown).chain(self.states()).collect()
    }

    /// The state of every payout, and the evidence of it.
    pub fn states(&self) -> Vec<String> {
        let word = "CASE status WHEN 0 THEN 'Pending' WHEN 1 THEN 'Processing' WHEN 2 THEN 'Approved' \
                    WHEN 3 THEN 'Failed' ELSE 'Declined' END";
        let utr = "CASE WHEN utr IS NULL THEN '' ELSE ' ' || utr END";
        self.db.texts(&format!(
            "SELECT 'payout ' || id || ' ' || {word} || {utr} FROM payouts ORDER BY id"
        ))
    }

    /// What the merchant was told of a payout, oldest first.
    pub async fn told(&self, id: Id<Payout>) -> Vec<String> {
        let log = self.house.store.read(move |tx| {
            let last = payout::get(tx, id)?.unwrap().last_change;
            payout::changes_up_to(tx, last)
        });
        let line = |change: payout::StoredChange| format!("{}: {}", change.status.word(), change.note);
        log.await.unwrap().into_iter().map(line).collect()
    }
}

/// Adds a merchant that wants callbacks.
pub async fn add_merchant(house: &House, keys: &Keyring, pid: &str) -> Id<Merchant> {
    let fresh = |kind: &SecretKind| FreshSecret {
        kind: *kind,
        secret: format!("{} of {pid}", kind.name()),
        nonce: [1; 24],
    };
    let new = NewMerchant {
        pid: pid.to_owned(),
        collect_key: format!("{pid}KEY"),
        terms: Terms {
            name: "A shop".to_owned(),
            addresses: "127.0.0.1 2001:db8::/32".to_owned(),
            amount_rupees_max: 100_000,
            plan: plan(FeeOnReturn::Keep),
            collect_plan: plan(FeeOnReturn::Keep),
            settle_after: 2,
        },
        callback_url: Some("https://shop.example/callback".to_owned()),
        secrets: SecretKind::ALL.iter().map(fresh).collect(),
    };
    merchant::add(house, keys, vec![new], "test".to_owned())
        .await
        .unwrap()[0]
}
