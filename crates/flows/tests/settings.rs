//! Merchants, their keys, money by hand, and the directory that a server keeps of them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where the world is not what it should be"
)]

mod support;

use rokad_domain::Paise;
use rokad_flows::{
    Directory, Keyring,
    bootstrap::declare_bank_accounts,
    directory::SecretKind,
    fund::{BY_HAND_RUPEES_MAX, FundRefusal, Whose, fund},
    merchant::{FreshSecret, MerchantRefusal, finish_rotation, rotate_keys, set_callback_url},
};
use support::{World, rupees, world::bank_account};

fn by() -> String {
    "test".to_owned()
}

fn fresh(secret: &str) -> Vec<FreshSecret> {
    let kind = SecretKind::PayoutSecret;
    let (secret, nonce) = (secret.to_owned(), [2; 24]);
    vec![FreshSecret { kind, secret, nonce }]
}

async fn rotate(world: &World, secret: &str, grace_ms: i64) {
    rotate_keys(
        &world.house,
        &world.keys,
        "SHOP1".into(),
        fresh(secret),
        grace_ms,
        by(),
    )
    .await
    .unwrap();
}

async fn directory(world: &World) -> Directory {
    Directory::read(&world.house, &world.keys).await.unwrap()
}

async fn secrets(world: &World, kind: SecretKind) -> Vec<String> {
    let directory = directory(world).await;
    let merchant = directory.by_pid("SHOP1").unwrap();
    merchant.secrets(kind).map(str::to_owned).collect()
}

on_every_database! {
    fn rotated_keys_are_valid_side_by_side_until_the_grace_is_over(db) {
        let world = World::new(db).await;
        let first = "payout_secret of SHOP1";
        rotate(&world, "second", 60_000).await;
        assert_eq!(secrets(&world, SecretKind::PayoutSecret).await, [first, "second"]);
        assert_eq!(secrets(&world, SecretKind::PayoutToken).await, ["payout_token of SHOP1"], "the others stay");
        world.db.forward(30_000);
        rotate(&world, "third", 60_000).await;
        assert_eq!(secrets(&world, SecretKind::PayoutSecret).await, [first, "second", "third"]);
        world.db.forward(30_000);
        assert_eq!(secrets(&world, SecretKind::PayoutSecret).await, ["second", "third"]);
        world.db.forward(30_000);
        assert_eq!(secrets(&world, SecretKind::PayoutSecret).await, ["third"]);
    }

    fn a_rotation_can_be_finished_at_once(db) {
        let world = World::new(db).await;
        rotate(&world, "second", 60_000).await;
        assert_eq!(finish_rotation(&world.house, "SHOP1".into(), by()).await.unwrap(), 1);
        assert_eq!(secrets(&world, SecretKind::PayoutSecret).await, ["second"]);
        let nobody = finish_rotation(&world.house, "NOBODY".into(), by()).await;
        assert!(matches!(nobody, Err(MerchantRefusal::Unknown)));
    }

    fn a_server_notices_what_a_command_beside_it_changed(db) {
        let world = World::new(db).await;
        let before = directory(&world).await;
        let command = rokad_flows::House::new(world.db.open());
        set_callback_url(&command, "SHOP1".into(), "https://other.example/".into(), by()).await.unwrap();
        let after = directory(&world).await;
        assert!(after.version() > before.version());
        let url = |directory: &Directory| directory.url(world.endpoint()).unwrap().to_owned();
        assert_eq!((url(&before).as_str(), url(&after).as_str()), (
            "https://shop.example/callback",
            "https://other.example/",
        ), "under the same number: what is owed already goes to the new address");
    }

    fn a_callback_url_set_to_what_it_is_changes_nothing(db) {
        let world = World::new(db).await;
        let before = world.db.all_rows();
        set_callback_url(&world.house, "SHOP1".into(), "https://shop.example/callback".into(), by()).await.unwrap();
        assert_eq!(world.db.all_rows(), before);
    }

    fn a_merchant_calls_from_its_own_addresses_only(db) {
        let world = World::new(db).await;
        let directory = directory(&world).await;
        let merchant = directory.by_pid("SHOP1").unwrap();
        for allowed in ["127.0.0.1", "::ffff:127.0.0.1", "2001:db8::7"] {
            assert!(merchant.allows(allowed.parse().unwrap()), "{allowed}");
        }
        for other in ["127.0.0.2", "::1", "2001:db9::7"] {
            assert!(!merchant.allows(other.parse().unwrap()), "{other}");
        }
    }

    fn another_instance_key_opens_no_secret(db) {
        let world = World::new(db).await;
        let read = Directory::read(&world.house, &Keyring::new([8; 32])).await;
        let error = read.err().unwrap().to_string();
        assert!(error.contains("a secret of merchant SHOP1 does not open"), "{error}");
        assert!(!error.contains("payout_secret of SHOP1"));
    }

    fn money_comes_in_by_hand_within_limits(db) {
        let world = World::new(db).await;
        let before = world.db.all_rows();
        for amount in [Paise::ZERO, rupees(BY_HAND_RUPEES_MAX + 1)] {
            let refused = fund(&world.house, Whose::Merchant("SHOP1".into()), amount, None, by()).await;
            assert!(matches!(refused, Err(FundRefusal::Amount)));
        }
        let nobody = fund(&world.house, Whose::Merchant("NOBODY".into()), rupees(1), None, by()).await;
        assert!(matches!(nobody, Err(FundRefusal::UnknownMerchant(pid)) if pid == "NOBODY"));
        assert_eq!(world.db.all_rows(), before);
        fund(&world.house, Whose::Merchant("SHOP1".into()), rupees(BY_HAND_RUPEES_MAX), None, by()).await.unwrap();
        assert!(world.statement().await.contains(&"merchant:1:available ₹10,00,10,000.00".to_owned()));
    }

    fn the_bank_account_must_be_named_where_there_are_several(db) {
        let world = World::new(db).await;
        let declared = vec![bank_account("pg1", "OP1"), bank_account("pg2", "OP2")];
        declare_bank_accounts(&world.house, declared).await.unwrap();
        for named in [None, Some("pg3".to_owned())] {
            let refused = fund(&world.house, Whose::Operator, rupees(1), named, by()).await;
            assert!(matches!(refused, Err(FundRefusal::WhichBankAccount(names)) if names == "pg1, pg2"));
        }
        fund(&world.house, Whose::Operator, rupees(1), Some("pg2".into()), by()).await.unwrap();
        assert!(world.statement().await.contains(&"bank:2 ₹1.00".to_owned()));
    }
}
