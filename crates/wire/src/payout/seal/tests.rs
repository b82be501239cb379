use super::*;
use proptest::prelude::*;

// Some of the known answers of vectors.json, so that this fails anywhere; tests/vectors.rs has them all.
const SECRET: &str = "s3cr3t-key-001";
const REF_CODE: &str = "7701004b34f1db47cbf7edf3eb376703158df1e88b4c1c4a8b2b04d9ebe500d07683f0f5615eccc0c038cb621823f0aadb6df1adc44904e0ba1044c0cbcbeb4e";
const POLL_SEAL: &str = "AAECAwQFBgcICQoLDA0OD7AKKuIJoXQhizo9OgN33F2fzR6clBKVqejH9BTsp9N4UYG4f7zTOVhTImy3BrY47Zcykqn3T5uR5Gv7w65KyY2wBm3uJ/FCUcGY7tHF9CFr";

fn key() -> SealKey {
    SealKey::from_secret(SECRET)
}

#[test]
fn the_texts_are_those_of_the_document() {
    assert_eq!(
        poll_text(REF_CODE, "2323232323", SECRET),
        "785c9c8f64f2b68de29198f615e312fd"
    );
    assert_eq!(
        poll_text("abc123def456", "77", "पासवर्ड-é"),
        "6d8e71f9ca6bca756d42a10132a6856c"
    );
    assert_eq!(
        callback_text("6876mhnytg", "8128", "Approved", SECRET),
        "6d3b4fd4a54e3b0169aaa87b82bfbe3e"
    );
    assert_eq!(
        callback_text("6876mhnytg", "", "Failed", SECRET),
        "12122b522e0a3cff7abfd84df3cf70d4"
    );
}

#[test]
fn the_seal_is_that_of_the_document() {
    let iv = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    let text = key().poll_text(REF_CODE, "2323232323");
    assert_eq!(key().seal(&text, iv), POLL_SEAL);
    assert_eq!(key().open(POLL_SEAL), Some(text));
}

#[test]
fn a_good_mac_over_no_ciphertext_or_half_a_block_or_bad_padding_opens_nothing() {
    for post_hash in [
        "AAECAwQFBgcICQoLDA0OD/VhsLYRNu+JIwVDwQXUGgaXtlpCSEZarcflh+kzjJE5",
        "AAECAwQFBgcICQoLDA0ODztk5GlcNNajPXEyRpbPFBqUrBsF0gj2xGjc5UKHtj4rUYG4f7zTOVhTImy3BrY47Zcykqk=",
        "AAECAwQFBgcICQoLDA0OD08JD9VwfDolViJgMiBu10CefDCGNzW5/Ve8jPG7sY2jAAAAAAAAAAAAAAAAAAAAAA==",
        "",
        "AAAA",
        "not base64!",
    ] {
        assert_eq!(key().open(post_hash), None, "{post_hash}");
    }
}

#[test]
fn a_seal_fits_its_own_text_only() {
    let other = key().poll_text("9a07ced0", "2323232323");
    assert!(key().fits(POLL_SEAL, "785c9c8f64f2b68de29198f615e312fd"));
    assert!(!key().fits(POLL_SEAL, &other));
    assert!(!key().fits(POLL_SEAL, ""));
}

#[test]
fn another_secret_opens_nothing() {
    assert_eq!(SealKey::from_secret("s3cr3t-key-002").open(POLL_SEAL), None);
}

#[test]
fn nothing_secret_prints() {
    assert_eq!(format!("{:?}", key()), "SealKey(..)");
}

proptest! {
    #[test]
    fn what_is_sealed_opens(text in "\\PC{0,80}", secret in "\\PC{0,80}", iv in any::<[u8; 16]>()) {
        let key = SealKey::from_secret(&secret);
        prop_assert_eq!(key.open(&key.seal(&text, iv)), Some(text));
    }

    #[test]
    fn a_seal_with_any_bit_flipped_is_refused(iv in any::<[u8; 16]>(), bit in 0..96 * 8usize) {
        let mut blob = STANDARD.decode(key().seal("785c9c8f64f2b68de29198f615e312fd", iv)).unwrap();
        prop_assert_eq!(blob.len(), 96);
        blob[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(key().open(&STANDARD.encode(blob)), None);
    }

    #[test]
    fn no_junk_breaks_the_opening(junk in "\\PC{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(key().open(&junk), None);
        prop_assert_eq!(key().open(&STANDARD.encode(bytes)), None);
    }
}
