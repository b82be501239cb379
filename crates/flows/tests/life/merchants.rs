//! What merchants and operators do.

use super::{JUMPS, Life, MERCHANTS};
use crate::support::{World, all_at_once, bank, order, rupees, world::jitter};
use rokad_domain::{
    Id,
    callback::Reply,
    id::kind::Merchant,
    payout::{Order, RequestRefusal},
};
use rokad_flows::{
    Directory,
    callback::{Tried, resend, settle_callbacks},
    directory::SecretKind,
    fund::Whose,
    merchant::{FreshSecret, rotate_keys},
    payout::{
        decline::decline,
        request::{Accepted, PayoutRequest, request_payouts},
    },
};
use rokad_store::{StoreError, callback::open_after};

impl Life {
    pub(super) async fn request(&mut self) -> Result<(), StoreError> {
        let count = 1 + self.chance.below(4);
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

    pub(super) fn some_order(&mut self) -> (Id<Merchant>, Order) {
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

    pub(super) fn note(
        &mut self,
        merchant: Id<Merchant>,
        order: &Order,
        answer: Result<Accepted, RequestRefusal>,
    ) {
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

    pub(super) async fn callbacks(&mut self) -> Result<(), StoreError> {
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
            let lease = self.world.round_of(callback.endpoint);
            let (callback, reply) = (callback.id, self.chance.one_of(&replies));
            let tried = Tried {
                callback,
                lease,
                reply,
                took_ms: 1,
                jitter: jitter(),
            };
            self.world.house.store.run(settle_callbacks, tried).await?;
        }
        Ok(())
    }

    pub(super) async fn by_hand(&mut self) -> Result<(), StoreError> {
        let payout = Id::new(1 + self.chance.below(self.told.len() + 1) as i64);
        // Refusals are right answers here; the auditor looks at what is left.
        if self.chance.once_in(2) {
            let _ = decline(&self.world.house, payout, "sim".into(), "Not this one".into()).await;
        } else {
            let _ = resend(&self.world.house, payout, "sim".into()).await;
        }
        self.receive(Whose::Merchant("SHOP2".into()), 500).await
    }

    pub(super) async fn keys(&mut self) -> Result<(), StoreError> {
        let (kind, secret, nonce) = (SecretKind::PayoutSecret, "new".to_owned(), [3; 24]);
        let fresh = vec![FreshSecret { kind, secret, nonce }];
        let grace_ms = self.chance.one_of(&JUMPS);
        let World { house, keys, .. } = &self.world;
        let _ = rotate_keys(house, keys, "SHOP1".into(), fresh, grace_ms, "sim".into()).await;
        let directory = Directory::read(house, keys).await?;
        let merchant = directory.by_pid("SHOP1").unwrap();
        assert!(
            merchant.secrets(SecretKind::PayoutSecret).next().is_some(),
            "never without a key"
        );
        Ok(())
    }
}
