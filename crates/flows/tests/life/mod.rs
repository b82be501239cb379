//! A random life of a house: what is only in memory is lost in a crash, what fails is tried again by later steps.

mod banks;
mod chance;
pub mod judge;
mod merchants;

use crate::support::{
    self, Database, World,
    bank::Fate,
    rupees,
    world::{add_merchant, bank_account},
};
use chance::Chance;
use judge::ACCOUNTS;
use rokad_domain::{
    Id,
    id::kind::{Merchant, Payout},
    payout::Order,
    rail::Answer,
};
use rokad_flows::{
    bootstrap::{declare_bank_accounts, switch_bank_account},
    fund::{Whose, fund},
    payout::dispatch::Sending,
};
use rokad_rails::PayoutRail;
use rokad_store::StoreError;
use std::collections::HashMap;

const MERCHANTS: i64 = 3;

/// Milliseconds that the clock may jump.
const JUMPS: [i64; 5] = [1_000, 6_000, 21_000, 3_600_000, 24 * 3_600_000];

/// A life under way: what is only in memory is lost in a crash.
pub struct Life {
    pub world: World,
    chance: Chance,
    /// Claimed, and not yet told to the bank.
    in_memory: Vec<Sending>,
    /// On their way to the bank while the program that sent them is dead.
    on_the_wire: Vec<Sending>,
    orders: Vec<(Id<Merchant>, Order)>,
    pub told: HashMap<(i64, String), Id<Payout>>,
    breaks: usize,
}

impl Life {
    pub async fn begin(db: Database, seed: u64) -> Self {
        let world = World::new(db).await;
        let accounts = ACCOUNTS.map(|(n, number)| bank_account(&format!("pg{n}"), number));
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

    /// One step, sometimes with a write that fails under it: each kind of write to each table in turn.
    pub async fn step_under_faults(&mut self) {
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
            _ => {
                self.world.db.forward(self.chance.one_of(&JUMPS));
                Ok(())
            }
        }
    }

    async fn receive(&mut self, whose: Whose, amount: i64) -> Result<(), StoreError> {
        let (n, number) = self.chance.one_of(&ACCOUNTS);
        let account = Some(format!("pg{n}"));
        if fund(&self.world.house, whose, rupees(amount), account, "sim".into())
            .await
            .is_ok()
        {
            self.world.bank.receive(number, rupees(amount));
        }
        Ok(())
    }

    /// The bank wakes up, everybody has money, and time passes, until nothing is open any more.
    pub async fn end(&mut self) {
        self.world.bank.set_unreachable(false);
        for (n, number) in ACCOUNTS {
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
