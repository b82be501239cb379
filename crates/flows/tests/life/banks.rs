//! What the house and its bank do to each other.

use super::Life;
use crate::support::{
    all_at_once,
    bank::Fate,
    world::{TAG, jitter},
};
use rokad_domain::{Id, rail::Answer};
use rokad_flows::{
    bootstrap::switch_bank_account,
    payout::{
        ask,
        confirm::{Heard, confirm_payouts},
        dispatch::{Claim, dispatch_payouts},
        reference,
    },
};
use rokad_rails::PayoutRail;
use rokad_store::StoreError;

impl Life {
    pub(super) async fn claim(&mut self) -> Result<(), StoreError> {
        let claim = Claim {
            after: Id::new(0),
            limit: 1 + self.chance.below(9),
            instance_tag: TAG.into(),
        };
        let claimed = self.world.house.store.run(dispatch_payouts, claim).await?;
        self.in_memory.extend(claimed.sendings);
        Ok(())
    }

    pub(super) async fn send(&mut self) -> Result<(), StoreError> {
        for _ in 0..self.chance.below(4) {
            if let Some(sending) = self.chance.take(&mut self.in_memory) {
                self.world.send(&sending).await?;
            }
        }
        Ok(())
    }

    /// The program dies. Some of what it held was on the wire, some was paid without its knowing, some is lost.
    pub(super) async fn crash(&mut self) -> Result<(), StoreError> {
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

    pub(super) async fn late_arrival(&mut self) -> Result<(), StoreError> {
        if let Some(sending) = self.chance.take(&mut self.on_the_wire) {
            let _: Answer = self.world.bank.send(&sending.instruction).await;
        }
        Ok(())
    }

    pub(super) async fn ask(&mut self) -> Result<(), StoreError> {
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

    pub(super) fn references(&self, wanted: impl Fn(&Fate) -> bool) -> Vec<String> {
        let transfers = self.world.bank.transfers().into_iter();
        transfers
            .filter(|(_, transfer)| wanted(&transfer.fate))
            .map(|(reference, _)| reference)
            .collect()
    }

    pub(super) fn bank_decides(&mut self) -> Result<(), StoreError> {
        let open = self.references(|fate| *fate == Fate::Open);
        for reference in open {
            if self.chance.once_in(2) {
                self.world.bank.decide(&reference, self.chance.once_in(2));
                (0..self.chance.below(3)).for_each(|_| self.world.bank.tell(&reference));
            }
        }
        Ok(())
    }

    pub(super) fn bank_gives_back(&mut self) -> Result<(), StoreError> {
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
    pub(super) async fn hear_again(&mut self) -> Result<(), StoreError> {
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
                    turn: None,
                    jitter: jitter(),
                });
            }
        }
        let store = &self.world.house.store;
        let heard = all_at_once(heard.into_iter().map(|heard| store.run(confirm_payouts, heard))).await;
        heard.into_iter().try_for_each(|heard| heard.map(drop))
    }

    pub(super) async fn switches(&mut self) -> Result<(), StoreError> {
        if self.chance.once_in(3) {
            self.world.bank.set_unreachable(self.chance.once_in(6));
        }
        let (n, _) = self.chance.one_of(&super::judge::ACCOUNTS);
        let active = !self.chance.once_in(3);
        switch_bank_account(&self.world.house, format!("pg{n}"), active, "sim".into())
            .await
            .map(drop)
    }
}
