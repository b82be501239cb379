#![allow(clippy::unwrap_used, clippy::panic)]
mod support;
use rokad_domain::{
    Id, Paise, UnixMs,
    dispute::{Claim, Kind, Outcome, Reason, Reply},
};
use rokad_flows::{
    House,
    dispute::{
        raise::{Raise, raise},
        reply::{ReplyRequest, reply},
        resolve::{Resolve, resolve},
    },
};
use rokad_store::dispute::NewEvidence;
use support::Database;

#[test]
fn make() {
    support::block_on(async {
        let db = Database::sqlite().with_samples();
        let house = House::new(db.open());
        let by = 1_767_681_180_000 + 60_000 - db.clock().now().at().0;
        db.forward(by);
        let claim = |payment, paise, reference: &str| Raise {
            payment: Id::new(payment),
            claim: Claim {
                kind: Kind::Chargeback,
                reason: Reason::NotReceived,
                amount: Paise::new(paise).unwrap(),
                deadline: UnixMs(1_768_285_980_000),
                title: "Nothing came".into(),
                comment: "I waited".into(),
            },
            source: "acquirer:test".into(),
            reference: reference.into(),
            said_by: "acquirer:test".into(),
        };
        raise(&house, claim(1, 2_000, "D000000000"))
            .await
            .unwrap()
            .unwrap();
        raise(&house, claim(2, 3_000, "D000000001"))
            .await
            .unwrap()
            .unwrap();
        raise(&house, claim(5, 4_000, "D000000002"))
            .await
            .unwrap()
            .unwrap();
        resolve(
            &house,
            Resolve {
                dispute: Id::new(1),
                outcome: Outcome::Lost,
                said_by: "acquirer:test".into(),
            },
        )
        .await
        .unwrap()
        .unwrap();
        let slip = NewEvidence {
            name: "slip.png".into(),
            media_type: "image/png",
            content: b"\x89PNG\r\n\x1a\n".to_vec(),
        };
        reply(
            &house,
            ReplyRequest {
                merchant: Id::new(1),
                dispute: Id::new(2),
                reply: Reply::Contest,
                evidence: vec![slip],
                said_by: "SHOP1".into(),
            },
        )
        .await
        .unwrap()
        .unwrap();
        house.store.close();
        std::fs::copy(db.path(), "/root/sample_after.db").unwrap();
        let db2 = Database::sqlite().with_samples();
        std::fs::copy(db2.path(), "/root/sample_before.db").unwrap();
    });
}
