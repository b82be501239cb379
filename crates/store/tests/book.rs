//! The hash chain, the numbers and the balances, under refusals and beside another process.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::{
    Id, Now, Paise, Private,
    account::Account,
    charge::{Charge, FeeOnReturn},
    entry::Entry,
    id::kind::{Merchant, Payout},
    payout::{Beneficiary, Order, OrderId},
};
use rokad_store::{
    Store, StoreError, Tx,
    audit::{self, ChainReport},
    bank_account::{self, Declared},
    book::{self, About, Movement},
    merchant,
    payout::{self, NewPayout},
};
use support::{Database, all_at_once, terms};

fn rupees(rupees: i64) -> Paise {
    Paise::from_rupees(rupees).unwrap()
}

fn order(number: i64) -> Order {
    let private = |text: &str| Private::new(text.to_owned());
    Order {
        order_id: OrderId::parse(&format!("ORDER{number:06}")).unwrap(),
        amount: rupees(100),
        to: Beneficiary {
            account_no: private("1234567890"),
            account_holder: private("Asha Rao"),
            ifsc: "HDFC0000001".to_owned(),
            bank: String::new(),
            bank_address: String::new(),
            email: private(""),
            phone: private(""),
        },
    }
}

/// A merchant with ₹1,000 in the operator's only bank account.
async fn merchant(store: &Store) -> Id<Merchant> {
    let terms = terms();
    let text = |text: &str| text.to_owned();
    let declared = Declared {
        name: text("pg1"),
        rail: text("test"),
        number: text("OP1"),
        holder: text("Operator"),
        bank: text("A bank"),
        minimum_balance: Paise::ZERO,
        daily_limit: rupees(1_000),
        weight: 1,
    };
    let open = move |tx: &mut Tx<'_>, now: Now| {
        let merchant = merchant::insert(tx, "PID1", "KEY1", &terms, now.at())?;
        let bank = bank_account::declare(tx, &declared)?;
        let entry = Entry::deposit(bank, merchant, rupees(1_000)).unwrap();
        book::post_one(
            tx,
            Movement {
                entry,
                about: About::Nothing,
            },
            now.at(),
        )?;
        Ok::<_, StoreError>(merchant)
    };
    store.tx("open", open).await.unwrap()
}

/// Writes a payout with its entry.
fn pay(tx: &mut Tx<'_>, now: Now, merchant: Id<Merchant>, number: i64) -> Result<Id<Payout>, StoreError> {
    let order = order(number);
    let new = NewPayout {
        merchant,
        order: &order,
        charge: Charge::default(),
        on_return: FeeOnReturn::Keep,
        endpoint: None,
    };
    let id = payout::insert(tx, &[new], now.at(), "Request saved")?[0];
    let entry = Entry::hold(merchant, order.amount, Charge::default()).unwrap();
    book::post_one(
        tx,
        Movement {
            entry,
            about: About::Payout(id),
        },
        now.at(),
    )?;
    Ok(id)
}

fn pay_all(tx: &mut Tx<'_>, now: Now, asks: &[(Id<Merchant>, i64)]) -> Result<Vec<Id<Payout>>, StoreError> {
    asks.iter()
        .map(|(merchant, number)| pay(tx, now, *merchant, *number))
        .collect()
}

async fn chain(store: &Store) -> ChainReport {
    store.read(audit::chain).await.unwrap()
}

#[derive(Debug)]
enum No {
    ThankYou,
    Store,
}

impl From<StoreError> for No {
    fn from(_: StoreError) -> Self {
        Self::Store
    }
}

on_every_database! {
    fn a_body_that_refuses_leaves_nothing(db) {
        let store = db.open();
        let merchant = merchant(&store).await;
        let before = (db.all_rows(), chain(&store).await);
        let bodies = (1..=10).map(|number| store.tx("refuse", move |tx, now| {
            pay(tx, now, merchant, number)?;
            Err::<(), _>(No::ThankYou)
        }));
        for answer in all_at_once(bodies).await {
            assert!(matches!(answer, Err(No::ThankYou)));
        }
        assert_eq!((db.all_rows(), chain(&store).await), before);
    }

    fn bodies_that_refuse_do_not_disturb_those_beside_them(db) {
        let store = db.open();
        let merchant = merchant(&store).await;
        let bodies = (1..=9).map(|number| store.tx("refuse some", move |tx, now| {
            let id = pay(tx, now, merchant, number)?;
            if number % 3 == 0 { Err(No::ThankYou) } else { Ok(id.get()) }
        }));
        let granted: Vec<i64> = all_at_once(bodies).await.into_iter().flatten().collect();
        assert_eq!(granted, [1, 2, 3, 4, 5, 6], "and their numbers have no gaps");
        assert_eq!(chain(&store).await.broken_at, None);
        for numbers in store.read(|tx| audit::numbers(tx)).await.unwrap() {
            assert_eq!((numbers.rows, numbers.highest), (numbers.handed_out, numbers.handed_out), "{numbers:?}");
        }
        assert_eq!(db.number("SELECT balance_paise FROM accounts WHERE name = 'merchant:1:held'"), 60_000);
    }

    fn each_commit_that_adds_rows_is_one_link_and_no_other_is(db) {
        let store = db.open();
        let merchant = merchant(&store).await;
        let before = chain(&store).await;
        store.tx("a setting", |tx, _| merchant::settings_changed(tx)).await.unwrap();
        assert_eq!(chain(&store).await, before);
        store.run(pay_all, (merchant, 1)).await.unwrap();
        let after = chain(&store).await;
        assert_eq!((after.links, after.broken_at), (before.links + 1, None));
        assert_ne!(after.head, before.head);
    }

    fn two_processes_extend_one_chain(db) {
        let (one, two) = (db.open(), db.open());
        let merchant = merchant(&one).await;
        for number in (0..10).step_by(2) {
            one.run(pay_all, (merchant, number)).await.unwrap();
            two.run(pay_all, (merchant, number + 1)).await.unwrap();
        }
        let report = chain(&two).await;
        assert_eq!((report.links, report.broken_at), (11, None));
    }

    fn numbers_are_never_handed_out_twice(db) {
        let (one, two) = (db.open(), db.open());
        let merchant = merchant(&one).await;
        let asks = (0..8).map(|n| {
            let store = if n % 2 == 0 { &one } else { &two };
            store.run(pay_all, (merchant, n))
        });
        let mut numbers: Vec<i64> = all_at_once(asks).await.into_iter().map(|id| id.unwrap().get()).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=8).collect::<Vec<_>>());
        db.tamper("DELETE FROM payouts WHERE id = 8; DELETE FROM payouts_waiting");
        drop((one, two));
        let later = db.open().run(pay_all, (merchant, 9)).await.unwrap();
        assert_eq!(later.get(), 9, "not even after a row is gone and the program was started again");
    }

    fn money_that_is_not_there_cannot_be_moved(db) {
        let store = db.open();
        let merchant = merchant(&store).await;
        for number in 0..10 {
            store.run(pay_all, (merchant, number)).await.unwrap();
        }
        let before = db.all_rows();
        let refused = store.run(pay_all, (merchant, 10)).await;
        let StoreError::Corrupt(why) = refused.unwrap_err() else { panic!("another error") };
        assert_eq!(why, "merchant:1:available would fall below zero");
        assert_eq!(db.all_rows(), before);
    }

    fn the_database_itself_refuses_a_balance_below_zero(db) {
        let store = db.open();
        merchant(&store).await;
        let below = "UPDATE accounts SET balance_paise = -1 WHERE name = 'merchant:1:available'";
        assert!(db.attempt(below).unwrap_err().to_lowercase().contains("check constraint"));
        assert!(db.attempt("INSERT INTO postings VALUES (1, 9, 4, 4, 100)").is_err(), "from an account to itself");
        assert!(db.attempt("INSERT INTO postings VALUES (1, 9, 4, 5, 0)").is_err(), "nothing");
    }

    fn an_entry_on_an_account_that_does_not_exist_is_refused(db) {
        let store = db.open();
        merchant(&store).await;
        let stranger = Id::new(77);
        let refused = store.run(pay_all, (stranger, 1)).await;
        assert!(matches!(refused, Err(StoreError::Corrupt(why)) if why == format!("no account {}", Account::Available(stranger))));
    }
}

/// A test of the tests: the rows of a refused body would be seen.
#[test]
fn all_rows_show_what_changed() {
    let db = Database::sqlite();
    let store = db.open();
    let before = db.all_rows();
    support::block_on(merchant(&store));
    assert_ne!(db.all_rows(), before);
}
