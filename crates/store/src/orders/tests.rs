//! Books with small epochs, and a model that only knows which orders were committed.

use super::*;
use crate::{
    migrate::{Others, migrate, migrate_to},
    payout::{self, NewPayout},
};
use rokad_domain::{
    Id, Paise, Private, UnixMs,
    charge::{Charge, FeeOnReturn},
    payout::{Beneficiary, Order, OrderId},
};
use std::path::PathBuf;
use tempfile::TempDir;

/// The last migration before epochs.
const BEFORE_EPOCHS: i64 = 4;

struct Book {
    dir: TempDir,
}

impl Book {
    fn path(&self) -> PathBuf {
        self.dir.path().join("rokad.db")
    }

    /// An empty one, as an older program left it.
    fn before_epochs() -> Self {
        let dir = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        let book = Self { dir };
        migrate_to(&Handle::open_sqlite(&book.path(), true).unwrap(), BEFORE_EPOCHS).unwrap();
        book
    }

    /// An empty one, with epochs of so many orders on three pages.
    fn with_epochs(orders: i64) -> Self {
        let book = Self::before_epochs();
        book.set_epochs(orders);
        book
    }

    fn set_epochs(&self, orders: i64) {
        let handle = Handle::open_sqlite(&self.path(), false).unwrap();
        migrate(&handle, Others::AreGone).unwrap();
        let form = format!("UPDATE order_form SET epoch_orders = {orders}, epoch_pages = 3");
        handle.execute_script(&form).unwrap();
    }

    /// A process that serves it.
    fn open(&self) -> Handle {
        let handle = Handle::open_sqlite(&self.path(), false).unwrap();
        make_ready(&handle).unwrap();
        handle
    }

    fn pages(&self) -> Vec<(i64, Vec<u8>)> {
        let handle = Handle::open_sqlite(&self.path(), false).unwrap();
        let read = |row: &crate::dialect::Row<'_>| Ok((row.int(0)?, row.blob(1)?));
        Tx::new(&handle)
            .query("SELECT id, orders FROM order_pages ORDER BY id", &[], read)
            .unwrap()
    }
}

fn order(number: u64) -> Order {
    let text = || Private::new(String::new());
    Order {
        order_id: OrderId::parse(&format!("ORDER{number:07}")).unwrap(),
        amount: Paise::new(100).unwrap(),
        to: Beneficiary {
            account_no: text(),
            account_holder: text(),
            ifsc: String::new(),
            bank: String::new(),
            bank_address: String::new(),
            email: text(),
            phone: text(),
        },
    }
}

/// Of two merchants, who give their orders the same numbers.
fn merchant(number: u64) -> Id<rokad_domain::id::kind::Merchant> {
    Id::new(1 + i64::try_from(number % 2).unwrap())
}

/// Looks for these orders.
fn find_all(tx: &Tx<'_>, numbers: &[u64]) -> Vec<Option<i64>> {
    let orders: Vec<_> = numbers.iter().map(|n| (merchant(*n), order(*n / 2))).collect();
    let wanted = orders
        .iter()
        .map(|(merchant, order)| (*merchant, &order.order_id));
    let found = payout::find_orders(tx, wanted).unwrap();
    found.into_iter().map(|found| found.map(Id::get)).collect()
}

/// Looks for these orders and asks for those that are not there, as a step does.
fn ask(tx: &mut Tx<'_>, numbers: &[u64]) -> Vec<i64> {
    let found = find_all(tx, numbers);
    let missing = numbers.iter().zip(&found).filter(|(_, found)| found.is_none());
    let orders: Vec<_> = missing.map(|(n, _)| (*n, merchant(*n), order(*n / 2))).collect();
    let charge = Charge {
        fee: Paise::ZERO,
        gst: Paise::ZERO,
    };
    let new: Vec<NewPayout<'_>> = orders
        .iter()
        .map(|(_, merchant, order)| NewPayout {
            merchant: *merchant,
            order,
            charge,
            on_return: FeeOnReturn::Keep,
            endpoint: None,
        })
        .collect();
    let ids = payout::insert(tx, &new, UnixMs(0), "").unwrap();
    let ids: HashMap<u64, i64> = orders
        .iter()
        .map(|(n, ..)| *n)
        .zip(ids.into_iter().map(Id::get))
        .collect();
    let answers = numbers.iter().zip(found);
    answers
        .map(|(n, found)| found.unwrap_or_else(|| ids[n]))
        .collect()
}

/// The same in a transaction of its own.
fn ask_and_commit(handle: &Handle, numbers: &[u64]) -> Vec<i64> {
    handle.begin_write().unwrap();
    let answers = ask(&mut Tx::new(handle), numbers);
    handle.commit().unwrap();
    answers
}

fn grow(handle: &Handle, orders: u64) {
    let all: Vec<u64> = (0..orders).collect();
    for batch in all.chunks(7) {
        ask_and_commit(handle, batch);
    }
}

#[test]
fn an_order_is_found_in_whatever_epoch_it_is_and_by_whoever_looks() {
    let book = Book::with_epochs(20);
    let handle = book.open();
    grow(&handle, 111);
    assert!(book.pages().len() >= 4 * 3, "several epochs are rows");
    let again = book.open();
    let lazy = Handle::open_sqlite(&book.path(), false).unwrap();
    for handle in [&handle, &again, &lazy] {
        let all: Vec<u64> = (0..120).collect();
        let expected: Vec<_> = (0..120).map(|n| (n < 111).then_some(n + 1)).collect();
        assert_eq!(find_all(&Tx::new(handle), &all), expected);
    }
}

#[test]
fn an_epoch_is_written_once_in_order_and_a_little_at_a_time() {
    let book = Book::with_epochs(20);
    let handle = book.open();
    let (mut before, mut most) = (Vec::new(), 0);
    for batch in (0..200).collect::<Vec<u64>>().chunks(5) {
        ask_and_commit(&handle, batch);
        let now = book.pages();
        assert_eq!(now[..before.len()], before, "what is written stays as it is");
        most = most.max(now.len() - before.len());
        before = now;
    }
    assert_eq!(most, 1, "with a small batch one page");
    let ids: Vec<i64> = before.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, (0..27).collect::<Vec<i64>>(), "nine epochs of three pages");
}

#[test]
fn a_book_from_before_epochs_has_the_same_pages_as_one_that_grew_with_them() {
    let (old, new) = (Book::before_epochs(), Book::with_epochs(20));
    grow(&new.open(), 130);
    let handle = Handle::open_sqlite(&old.path(), false).unwrap();
    handle.begin_write().unwrap();
    for n in 0..130 {
        // As the older program did, which looks in its index.
        let order = order(n / 2);
        let row = NewPayout {
            merchant: merchant(n),
            order: &order,
            charge: Charge {
                fee: Paise::ZERO,
                gst: Paise::ZERO,
            },
            on_return: FeeOnReturn::Keep,
            endpoint: None,
        };
        payout::insert(&mut Tx::new(&handle), &[row], UnixMs(0), "").unwrap();
    }
    handle.commit().unwrap();
    old.set_epochs(20);
    let handle = old.open();
    assert_eq!(old.pages().len(), 6 * 3, "every full epoch");
    let grown = new.pages();
    assert_eq!(old.pages()[..grown.len()], grown);
    assert_eq!(
        find_all(&Tx::new(&handle), &[0, 129, 130]),
        [Some(1), Some(130), None]
    );
}

/// Two processes ask for orders in turn; transactions and parts of them are undone; all the while each finds what was committed, and
/// nothing else.
#[test]
fn whatever_is_undone_and_whoever_writes_an_order_stands_for_one_payout() {
    let mut chance = 20_261_122_u64;
    let mut draw = move |below: u64| {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % below
    };
    let book = Book::with_epochs(30);
    let mut handles = [book.open(), book.open()];
    let mut committed: HashMap<u64, i64> = HashMap::new();
    for round in 0..1_500 {
        let handle = &handles[usize::try_from(draw(2)).unwrap()];
        let range = 20 + round / 2;
        let mut some = |most: u64| {
            let mut some: Vec<u64> = (0..=draw(most)).map(|_| draw(range)).collect();
            some.sort_unstable();
            some.dedup();
            some
        };
        let (first, second, third) = (some(6), some(4), some(4));
        handle.begin_write().unwrap();
        let mut here = committed.clone();
        let said = |here: &mut HashMap<u64, i64>, tx: &mut Tx<'_>, numbers: &[u64]| {
            for (n, payout) in numbers.iter().zip(ask(tx, numbers)) {
                assert_eq!(
                    *here.entry(*n).or_insert(payout),
                    payout,
                    "order {n} in round {round}"
                );
            }
        };
        said(&mut here, &mut Tx::new(handle), &first);
        handle.set_savepoint().unwrap();
        let mut inside = here.clone();
        said(&mut inside, &mut Tx::new(handle), &second);
        let keep = second.len() % 2 == 0;
        handle.leave_savepoint(keep).unwrap();
        if keep {
            here = inside;
        }
        said(&mut here, &mut Tx::new(handle), &third);
        if first.len() % 3 == 0 {
            handle.rollback().unwrap();
        } else {
            handle.commit().unwrap();
            committed = here;
        }
        if round % 200 == 199 {
            handles.reverse();
            handles[0] = book.open();
        }
    }
    assert!(book.pages().len() > 10 * 3, "many epochs are rows");
    let mut payouts: Vec<i64> = committed.values().copied().collect();
    payouts.sort_unstable();
    let count = i64::try_from(payouts.len()).unwrap();
    assert_eq!(payouts, (1..=count).collect::<Vec<i64>>());
}

#[test]
fn an_order_that_looks_like_another_is_told_from_it_by_the_payout_itself() {
    let book = Book::with_epochs(20);
    let handle = book.open();
    grow(&handle, 10);
    // As if the hash of an order that nobody sent were that of a payout.
    let unsent = Key::of(1, order(77).order_id.as_str());
    let orders = handle.orders().unwrap();
    for payout in [3, 4] {
        let place = orders.borrow().known.as_ref().unwrap().form.place_of(payout);
        let mut orders = orders.borrow_mut();
        let known = orders.known.as_mut().unwrap();
        let form = known.form;
        let page = known.epochs[place.0].page_mut(unsent.page(form)).unwrap();
        page.add(Entry {
            mark: unsent.mark(),
            place: place.1,
        });
    }
    assert_eq!(find_all(&Tx::new(&handle), &[2 * 77]), [None]);
    // And once it is sent, both that look alike are found for what they are.
    assert_eq!(ask_and_commit(&handle, &[2 * 77]), [11]);
    assert_eq!(
        find_all(&Tx::new(&handle), &[2, 3, 2 * 77]),
        [Some(3), Some(4), Some(11)]
    );
}

#[test]
fn a_page_that_is_missing_or_damaged_stops_the_work_and_no_page_at_all_is_made_good() {
    for damage in [
        "DELETE FROM order_pages WHERE id = 2",
        "UPDATE order_pages SET orders = X'00' WHERE id = 2",
    ] {
        let book = Book::with_epochs(20);
        grow(&book.open(), 70);
        let pages = book.pages();
        let handle = Handle::open_sqlite(&book.path(), false).unwrap();
        handle.execute_script(damage).unwrap();
        let refused = make_ready(&handle);
        assert!(
            matches!(refused, Err(StoreError::Corrupt(_))),
            "{damage}: {refused:?}"
        );
        handle.execute_script("DELETE FROM order_pages").unwrap();
        let handle = book.open();
        assert_eq!(book.pages()[..pages.len()], pages);
        assert_eq!(find_all(&Tx::new(&handle), &[5]), [Some(6)]);
    }
}

#[test]
fn the_filter_never_denies_what_is_there_and_seldom_takes_for_it_what_is_not() {
    let form = Form::new(900_000, 2_048).unwrap();
    let (mut pages, mut filter) = (empty_pages(form), epoch::Filter::default());
    let key = |n: i64| Key::of(1, &format!("{n}"));
    let glance = |key: &Key| Glance::at(key.page(form), key.mark());
    const SAMPLE: usize = 20_000;
    // Pages as full as those of a full epoch: a share of the epoch's orders, on the same share of its pages.
    const SHARE: usize = 45;
    let mut there = Vec::new();
    for n in (0..900_000)
        .map(key)
        .filter(|key| key.page(form) < form.pages / SHARE)
    {
        form.put(&mut pages, 1, n);
        there.push(n);
    }
    for (at, page) in pages.iter().enumerate() {
        filter.add(form, at, page);
    }
    assert!(there.iter().all(|key| filter.may_hold(&glance(key))));
    let others = (900_000..)
        .map(key)
        .filter(|key| key.page(form) < form.pages / SHARE);
    let mistaken = others.take(SAMPLE).filter(|key| filter.may_hold(&glance(key)));
    let mistaken = mistaken.count();
    assert!(mistaken < SAMPLE / 1_000, "{mistaken} of {SAMPLE}");
}
