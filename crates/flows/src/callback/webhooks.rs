//! The webhooks of a batch of attempts: their failures are counted, and one that only fails is switched off.

use rokad_domain::{
    Id, UnixMs,
    callback::Fate,
    id::kind::Endpoint,
    webhook::{AfterFailure, FAILURES_MAX, decide_failure},
};
use rokad_store::{
    StoreError, Tx,
    callback::{self, OpenCallback, Tells},
    event,
    mail::{self, NewMail},
    webhook::{self, Failing, StoredWebhook},
};
use std::collections::{BTreeMap, BTreeSet};

/// See the module.
pub(super) struct Webhooks {
    all: BTreeMap<Id<Endpoint>, StoredWebhook>,
    changed: BTreeSet<Id<Endpoint>>,
    switched_off: BTreeSet<Id<Endpoint>>,
}

impl Webhooks {
    pub(super) fn read<'c>(
        tx: &Tx<'_>,
        tried: impl Iterator<Item = &'c OpenCallback>,
    ) -> Result<Self, StoreError> {
        let of_events = tried.filter(|callback| matches!(callback.tells, Tells::Event(..)));
        let ids: BTreeSet<Id<Endpoint>> = of_events.map(|callback| callback.endpoint).collect();
        let ids: Vec<Id<Endpoint>> = ids.into_iter().collect();
        let all = webhook::get_all(tx, &ids)?;
        Ok(Self {
            all: all.into_iter().map(|webhook| (webhook.id, webhook)).collect(),
            changed: BTreeSet::new(),
            switched_off: BTreeSet::new(),
        })
    }

    /// Takes note of how an attempt ended. Endpoints of payouts are passed over: they have no count.
    pub(super) fn count(&mut self, endpoint: Id<Endpoint>, fate: Fate, words: &str, now: UnixMs) {
        let Some(webhook) = self.all.get_mut(&endpoint).filter(|webhook| webhook.active) else {
            return;
        };
        if fate == Fate::Done {
            // By far the usual case: nothing is written.
            if webhook.failing != Failing::default() {
                webhook.failing = Failing::default();
                self.changed.insert(endpoint);
            }
            return;
        }
        let failing = &mut webhook.failing;
        failing.in_a_row = failing.in_a_row.saturating_add(1);
        failing.since = failing.since.or(Some(now));
        failing.last = Some(words.to_owned());
        if decide_failure(failing.in_a_row) == AfterFailure::SwitchOff {
            webhook.active = false;
            webhook.off = Some((
                now,
                format!("{} failures in a row, the last: {words}", failing.in_a_row),
            ));
            self.switched_off.insert(endpoint);
        }
        self.changed.insert(endpoint);
    }

    /// Writes how they fare now. Whoever is switched off is owed nothing any more, and its merchant is told.
    pub(super) fn write(&mut self, tx: &Tx<'_>, now: UnixMs) -> Result<(), StoreError> {
        for id in &self.switched_off {
            let Some(webhook) = self.all.get_mut(id) else {
                continue;
            };
            // An event happens before its delivery fails, and the first to fail may not be the first that is missed.
            let missed = event::oldest_owed(tx, *id)?;
            webhook.failing.since = missed.into_iter().chain(webhook.failing.since).min();
        }
        let changed: Vec<&StoredWebhook> = self.changed.iter().filter_map(|id| self.all.get(id)).collect();
        webhook::keep_standing(tx, &changed)?;
        for webhook in self.switched_off.iter().filter_map(|id| self.all.get(id)) {
            callback::owe_nothing(tx, webhook.id)?;
            tracing::warn!(webhook = %webhook.id, merchant = %webhook.merchant, "a webhook was switched off");
            let (subject, body) = notice(webhook);
            let mail = NewMail {
                merchant: webhook.merchant,
                kind: "webhook.switched_off",
                subject: &subject,
                body: &body,
            };
            mail::insert(tx, &[mail], now)?;
        }
        Ok(())
    }

    pub(super) fn is_switched_off(&self, endpoint: Id<Endpoint>) -> bool {
        self.switched_off.contains(&endpoint)
    }
}

fn notice(webhook: &StoredWebhook) -> (String, String) {
    let (id, url) = (webhook.id, &webhook.url);
    let why = webhook.off.as_ref().map_or("", |(_, why)| why);
    let subject = format!("Your webhook {id} was switched off");
    let body = format!(
        "Nothing is posted to {url} any more, because {FAILURES_MAX} attempts in a row were not acknowledged ({why}).\n\n\
         What happens meanwhile is kept. When the address answers with 2xx again, switch the webhook on and have \
         replayed what it missed: POST /api/v1/webhooks/{id}/switch-on with {{\"replay_since\": \"missed\"}}.\n"
    );
    (subject, body)
}
