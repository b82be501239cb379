//! Random lives of a house, from a seed: merchants, a bank that says little and late, crashes, failures of the disk, time.
//!
//! After every step an auditor must find the book sound, and the bank's own truth must fit it; at the end nothing is
//! open, and nothing was paid twice (the bank of the tests refuses to be told twice). `ROKAD_SIM_SEED=7` runs one life.

mod support;

use rokad_domain::{
    Id, Paise,
    callback::Reply,
    id::kind::{Merchant, Payout},
    payout::{Order, RequestRefusal},
    rail::Answer,
};
use rokad_flows::{
    bootstrap::{declare_bank_accounts, switch_bank_account},
    callback::{Tried, resend, settle_callbacks},
    directory::SecretKind,
    fund::{Whose, fund},
    merchant::{FreshSecret, rotate_keys},
    payout::{
        ask,
        confirm::{Heard, confirm_payouts},
        decline::decline,
        dispatch::{Claim, Sending, dispatch_payouts},
        reference,
        request::{Accepted, PayoutRequest, request_payouts},
    },
};
use rokad_rails::PayoutRail;
use rokad_store::{StoreError, callback::open_after};
use std::collections::HashMap;
use support::{
    Database, World, all_at_once, bank,
    bank::Fate,
    block_on,
    chance::Chance,
    judge::judge,
    order, rupees,
    world::{TAG, add_merchant, bank_account, jitter},
};

const SEEDS: u64 = 20;
const STEPS: usize = 300;
const MERCHANTS: i64 = 3;

/// Milliseconds that the clock may jump.
const JUMPS: [i64; 5] = [1_000, 6_000, 21_000, 3_600_000, 24 * 3_600_000];

/// A life under way: what is only in memory is lost in a crash.
struct Life {
    world: World,
    chance: Chance,
    /// Claimed, and not yet told to the bank.
    in_memory: Vec<Sending>,
    /// On their way to the bank while the program that sent them is dead.
    on_the_wire: Vec<Sending>,
    orders: Vec<(Id<Merchant>, Order)>,
    told: HashMap<(i64, String), Id<Payout>>,
    breaks: usize,
}

impl Life {
    async fn begin(db: Database, seed: u64) -> Self {
        let world = World::new(db).await;
        let accounts = support::judge::ACCOUNTS.map(|(n, number)| bank_account(&format!("pg{n}"), number));
        declare_bank_accounts(&world.house, accounts.to_vec())
            .await
            .unwrap();
        for n in 2..=MERCHANTS {
            add_merchant(&world.house, &world.keys, &format!("SHOP{n}")).await;
        }
        let (in_memory, on_the_wire, orders) = (Vec::new(), Vec::new(), Vec::new());
        let (chance, told) = (Chance::new(seed), HashMap::new());
        let mut life = Self {
            world,
            chance,
            in_memory,
            on_the_wire,
            orders,
            told,
            breaks: 0,
        };
        for pid in ["SHOP1", "SHOP2", "SHOP3"] {
            life.receive(Whose::Merchant(pid.into()), 40_000).await.unwrap();
        }
        life
    }

    /// One thing happens. What fails is tried again by later steps, as in life.
    async fn step(&mut self) -> Result<(), StoreError> {
        match self.chance.below(24) {
            0..4 => self.request().await,
            4..7 => self.claim().await,
            7..10 => self.send().await,
            10 => self.crash().await,
            11..13 => self.ask().await,
            13..15 => self.bank_decides(),
            15 => self.bank_gives_back(),
            16 => self.world.hear().await,
            17 => self.hear_again().await,
            18 => self.late_arrival().await,
            19 => self.callbacks().await,
            20 => self.by_hand().await,
            21 => self.keys().await,
            22 => self.switches().await,
            _ => Ok(self.world.db.forward(self.chance.one_of(&JUMPS))),
        }
    }

    async fn receive(&mut self, whose: Whose, amount: i64) -> Result<(), StoreError> {
        let (n, number) = self.chance.one_of(&support::judge::ACCOUNTS);
        let account = Some(format!("pg{n}"));
        if fund(&self.world.house, whose, rupees(amount), account, "sim".into())
            .await
            .is_ok()
        {
            self.world.bank.receive(number, rupees(amount));
        }
        Ok(())
    }

    fn some_order(&mut self) -> (Id<Merchant>, Order) {
        let wishes = [
            bank::PAYS,
            bank::PAYS,
            bank::REFUSES,
            bank::SILENT,
            bank::PAYS_UNHEARD,
            bank::LOST,
        ];
        match self.chance.below(8) {
            0 if !self.orders.is_empty() => self.chance.one_of(&self.orders),
            1 if !self.orders.is_empty() => {
                let (merchant, mut order) = self.chance.one_of(&self.orders);
                order.amount = order.amount.plus(rupees(1)).unwrap();
                (merchant, order)
            }
            many => {
                let amount = if many == 2 {
                    90_000
                } else {
                    1 + self.chance.below(3_000) as i64
                };
                let merchant = Id::new(1 + self.chance.below(MERCHANTS as usize) as i64);
                let new = (
                    merchant,
                    order(self.orders.len() as i64, amount, self.chance.one_of(&wishes)),
                );
                self.orders.push(new.clone());
                new
            }
        }
    }

    async fn request(&mut self) -> Result<(), StoreError> {
        let count = 1 + self.chance.below(6);
        let asked: Vec<_> = (0..count).map(|_| self.some_order()).collect();
        let ask = |(merchant, order): &(Id<Merchant>, Order)| PayoutRequest {
            merchant: *merchant,
            endpoint: Some(Id::new(merchant.get())),
            ..self.world.ask_for(order.clone())
        };
        let store = &self.world.house.store;
        let answers = all_at_once(asked.iter().map(|asked| store.run(request_payouts, ask(asked)))).await;
        for ((merchant, order), answer) in asked.into_iter().zip(answers) {
            self.note(merchant, &order, answer?);
        }
        Ok(())
    }

    fn note(&mut self, merchant: Id<Merchant>, order: &Order, answer: Result<Accepted, RequestRefusal>) {
        let key = (merchant.get(), order.order_id.as_str().to_owned());
        let before = self.told.get(&key).copied();
        match answer {
            Ok(accepted) => {
                assert!(
                    before.is_none_or(|before| before == accepted.payout),
                    "{key:?} was accepted twice"
                );
                self.told.insert(key, accepted.payout);
            }
            Err(RequestRefusal::InsufficientBalance) => {
                assert_eq!(before, None, "{key:?} was accepted before")
            }
            Err(RequestRefusal::DuplicateOrder) => {}
        }
    }

    async fn claim(&mut self) -> Result<(), StoreError> {
        let claim = Claim {
            after: Id::new(0),
            limit: 1 + self.chance.below(9),
            instance_tag: TAG.into(),
        };
        let claimed = self.world.house.store.run(dispatch_payouts, claim).await?;
        self.in_memory.extend(claimed.sendings);
        Ok(())
    }

    async fn send(&mut self) -> Result<(), StoreError> {
        for _ in 0..self.chance.below(4) {
            if let Some(sending) = self.chance.take(&mut self.in_memory) {
                self.world.send(&sending).await?;
            }
        }
        Ok(())
    }

    /// The program dies. Some of what it held was on the wire, some was paid without its knowing, some is lost.
    async fn crash(&mut self) -> Result<(), StoreError> {
        while let Some(sending) = self.chance.take(&mut self.in_memory) {
            match self.chance.below(3) {
                0 => self.on_the_wire.push(sending),
                1 => drop(self.world.bank.send(&sending.instruction).await),
                _ => {}
            }
        }
        self.world.db.mend_writes();
        self.world.restart().await;
        Ok(())
    }

    async fn late_arrival(&mut self) -> Result<(), StoreError> {
        if let Some(sending) = self.chance.take(&mut self.on_the_wire) {
            let _: Answer = self.world.bank.send(&sending.instruction).await;
        }
        Ok(())
    }

    async fn ask(&mut self) -> Result<(), StoreError> {
        let taken = self
            .world
            .house
            .store
            .run(ask::take_questions, 1 + self.chance.below(20))
            .await?;
        for inquiry in taken {
            // Sometimes the answer is lost after the question was taken.
            if !self.chance.once_in(5) {
                ask::ask(&self.world.house, &self.world.bank, &inquiry, jitter()).await?;
            }
        }
        Ok(())
    }

    fn references(&self, wanted: impl Fn(&Fate) -> bool) -> Vec<String> {
        let transfers = self.world.bank.transfers().into_iter();
        transfers
            .filter(|(_, transfer)| wanted(&transfer.fate))
            .map(|(reference, _)| reference)
            .collect()
    }

    fn bank_decides(&mut self) -> Result<(), StoreError> {
        let open = self.references(|fate| *fate == Fate::Open);
        for reference in open {
            if self.chance.once_in(2) {
                self.world.bank.decide(&reference, self.chance.once_in(2));
                (0..self.chance.below(3)).for_each(|_| self.world.bank.tell(&reference));
            }
        }
        Ok(())
    }

    fn bank_gives_back(&mut self) -> Result<(), StoreError> {
        let mut paid = self.references(|fate| matches!(fate, Fate::Paid(_)));
        if let Some(reference) = self.chance.take(&mut paid) {
            self.world.bank.give_back(&reference);
            if self.chance.once_in(2) {
                self.world.bank.tell(&reference);
            }
        }
        Ok(())
    }

    /// Old answers come again, in any order, several in one batch.
    async fn hear_again(&mut self) -> Result<(), StoreError> {
        let mut heard = Vec::new();
        let transfers = self.world.bank.transfers();
        for reference in self.references(|fate| *fate != Fate::Open) {
            let answer = match &transfers[&reference].fate {
                Fate::Open => Answer::Silent,
                Fate::Paid(utr) | Fate::Returned(utr) => Answer::Paid(utr.clone()),
                Fate::Refused(reason) => Answer::Refused(*reason),
            };
            for _ in 0..self.chance.below(3) {
                let payout = reference::read(TAG, &reference).unwrap();
                heard.push(Heard {
                    payout,
                    answer: answer.clone(),
                    jitter: jitter(),
                });
            }
        }
        let store = &self.world.house.store;
        let heard = all_at_once(heard.into_iter().map(|heard| store.run(confirm_payouts, heard))).await;
        heard.into_iter().try_for_each(|heard| heard.map(drop))
    }

    async fn callbacks(&mut self) -> Result<(), StoreError> {
        let open = self
            .world
            .house
            .store
            .read(|tx| open_after(tx, Id::new(0), 30))
            .await?;
        for callback in open {
            let replies = [
                Reply::Acknowledged,
                Reply::Acknowledged,
                Reply::NotAcknowledged(500),
                Reply::HashMismatch,
            ];
            let (callback, reply) = (callback.id, self.chance.one_of(&replies));
            let tried = Tried {
                callback,
                reply,
                took_ms: 1,
                jitter: jitter(),
            };
            self.world.house.store.run(settle_callbacks, tried).await?;
        }
        Ok(())
    }

    async fn by_hand(&mut self) -> Result<(), StoreError> {
        let payout = Id::new(1 + self.chance.below(40) as i64);
        // Refusals are right answers here; the auditor looks at what is left.
        if self.chance.once_in(2) {
            let _ = decline(&self.world.house, payout, "sim".into(), "Not this one".into()).await;
        } else {
            let _ = resend(&self.world.house, payout, "sim".into()).await;
        }
        self.receive(Whose::Merchant("SHOP2".into()), 500).await
    }

    async fn keys(&mut self) -> Result<(), StoreError> {
        let (kind, secret, nonce) = (SecretKind::PayoutSecret, "new".to_owned(), [3; 24]);
        let fresh = vec![FreshSecret { kind, secret, nonce }];
        let grace_ms = self.chance.one_of(&JUMPS);
        let World { house, keys, .. } = &self.world;
        let _ = rotate_keys(house, keys, "SHOP1".into(), fresh, grace_ms, "sim".into()).await;
        let directory = rokad_flows::Directory::read(house, keys).await?;
        let merchant = directory.by_pid("SHOP1").unwrap();
        assert!(
            merchant.secrets(SecretKind::PayoutSecret).next().is_some(),
            "never without a key"
        );
        Ok(())
    }

    async fn switches(&mut self) -> Result<(), StoreError> {
        if self.chance.once_in(3) {
            self.world.bank.set_unreachable(self.chance.once_in(2));
        }
        let (n, _) = self.chance.one_of(&support::judge::ACCOUNTS);
        let active = !self.chance.once_in(3);
        switch_bank_account(&self.world.house, format!("pg{n}"), active, "sim".into())
            .await
            .map(drop)
    }

    /// One step, sometimes with a write that fails under it: each kind of write to each table in turn.
    async fn step_under_faults(&mut self) {
        let broken = self.chance.once_in(4);
        if broken {
            let tables = self.world.db.tables();
            let (table, write) = (
                &tables[self.breaks / 3 % tables.len()],
                support::WRITES[self.breaks % 3],
            );
            self.world.db.break_writes(table, write);
            self.breaks += 1 + self.chance.below(7);
        }
        // A failure is nobody's harm, whatever its cause: the bank is not reachable, or the disk takes no write.
        let _ = self.step().await;
        if broken {
            self.world.db.mend_writes();
        }
    }

    /// The bank wakes up, everybody has money, and time passes, until nothing is open any more.
    async fn end(&mut self) {
        self.world.bank.set_unreachable(false);
        for (n, number) in support::judge::ACCOUNTS {
            let account = Some(format!("pg{n}"));
            switch_bank_account(&self.world.house, format!("pg{n}"), true, "sim".into())
                .await
                .unwrap();
            fund(
                &self.world.house,
                Whose::Operator,
                rupees(100_000),
                account,
                "sim".into(),
            )
            .await
            .unwrap();
            self.world.bank.receive(number, rupees(100_000));
        }
        for _ in 0..4 {
            self.world.dispatch().await;
            for sending in std::mem::take(&mut self.in_memory) {
                self.world.send(&sending).await.unwrap();
            }
            self.references(|fate| *fate == Fate::Open)
                .iter()
                .for_each(|open| self.world.bank.decide(open, true));
            self.world.db.forward(24 * 3_600_000);
            self.world.ask().await;
            self.world.hear().await.unwrap();
        }
        while let Some(late) = self.on_the_wire.pop() {
            let _: Answer = self.world.bank.send(&late.instruction).await;
        }
    }
}

async fn live(db: Database, seed: u64) {
    let mut life = Life::begin(db, seed).await;
    for step in 0..STEPS {
        let guard = Guard { seed, step };
        life.step_under_faults().await;
        judge(&life.world, &life.told).await;
        drop(guard);
    }
    let _guard = Guard { seed, step: STEPS };
    life.end().await;
    judge(&life.world, &life.told).await;
    let statement = life.world.verify().await;
    let open: Vec<_> = statement
        .payouts
        .keys()
        .filter(|word| ["Pending", "Processing"].contains(word))
        .collect();
    assert!(open.is_empty(), "{open:?}");
    let held = statement
        .balances
        .iter()
        .filter(|(account, _)| account.to_string().ends_with(":held"));
    assert!(
        held.clone().count() > 0
            && held
                .map(|(_, paise)| Paise::new(*paise).unwrap())
                .all(Paise::is_zero)
    );
}

/// Says how to repeat what went wrong.
struct Guard {
    seed: u64,
    step: usize,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "ROKAD_SIM_SEED={} repeats this; it happened at step {}",
                self.seed, self.step
            );
        }
    }
}

fn seeds() -> Vec<u64> {
    match std::env::var("ROKAD_SIM_SEED") {
        Ok(seed) => vec![seed.parse().expect("ROKAD_SIM_SEED is a number")],
        Err(_) => (1..=SEEDS).collect(),
    }
}

on_every_database! {
    fn whatever_happens_the_book_is_sound_and_the_bank_agrees(db) {
        let (seeds, db) = (seeds(), &db);
        let half = |skip: usize| {
            let mine: Vec<u64> = seeds.iter().copied().skip(skip).step_by(2).collect();
            move || mine.into_iter().for_each(|seed| block_on(live(db.another(), seed)))
        };
        let halves = [half(0), half(1)];
        std::thread::scope(|scope| halves.into_iter().for_each(|half| drop(scope.spawn(half))));
    }
}
