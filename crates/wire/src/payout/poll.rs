//! `POST /payout/api/status_polling.php`: a merchant asks what became of a payout. Source: contract.md §2.3.

use super::{refusal::Refusal, request::pid_of, rules, seal::SealKey};
use crate::{chance, fields::Fields};
use serde::{Deserialize, Serialize};

/// A question about a payout, not believed yet: see [`check`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Poll<'a> {
    /// Who asks.
    pub pid: &'a str,
    /// About which payout.
    pub ref_code: &'a str,
    /// The seal.
    pub post_hash: &'a str,
    /// pid and ref_code with the blanks that were posted around them: what the merchant hashed.
    posted: (&'a str, &'a str),
}

/// Reads a question. The pid is looked at first.
///
/// # Errors
/// [`Refusal::MissingField`] or [`Refusal::InvalidField`], which name the field.
pub fn parse<'f>(fields: &'f Fields<'_>) -> Result<Poll<'f>, Refusal> {
    let pid = pid_of(fields)?;
    let ref_code = rules::required(fields, "ref_code")?;
    Ok(Poll {
        pid,
        ref_code,
        post_hash: rules::required(fields, "post_hash")?,
        posted: (
            fields.raw("pid").unwrap_or(pid),
            fields.raw("ref_code").unwrap_or(ref_code),
        ),
    })
}

/// Which of the merchant's secrets sealed the question, as an index into `keys`. `None`: [`Refusal::WrongSeal`].
///
/// A merchant has two secrets while the old one is being replaced.
#[must_use]
pub fn check(poll: &Poll<'_>, keys: &[SealKey]) -> Option<usize> {
    let (pid, ref_code) = poll.posted;
    keys.iter()
        .position(|key| key.fits(poll.post_hash, &key.poll_text(ref_code, pid)))
}

/// The body of a question, for a merchant's program: post it as JSON.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PollBody {
    /// Who asks.
    pub pid: String,
    /// About which payout.
    pub ref_code: String,
    /// The seal.
    pub post_hash: String,
}

/// Asks about the payout `ref_code` as the merchant `pid` whose secret is `secret`.
#[must_use]
pub fn sign_poll(pid: &str, ref_code: &str, secret: &str) -> PollBody {
    let key = SealKey::from_secret(secret);
    PollBody {
        pid: pid.to_owned(),
        ref_code: ref_code.to_owned(),
        post_hash: key.seal(&key.poll_text(ref_code, pid), chance::fill()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SEAL: &str = "AAECAwQFBgcICQoLDA0OD7AKKuIJoXQhizo9OgN33F2fzR6clBKVqejH9BTsp9N4UYG4f7zTOVhTImy3BrY47Zcykqn3T5uR5Gv7w65KyY2wBm3uJ/FCUcGY7tHF9CFr";
    const REF_CODE: &str = "7701004b34f1db47cbf7edf3eb376703158df1e88b4c1c4a8b2b04d9ebe500d07683f0f5615eccc0c038cb621823f0aadb6df1adc44904e0ba1044c0cbcbeb4e";

    fn keys() -> [SealKey; 2] {
        ["the-next-secret", "s3cr3t-key-001"].map(SealKey::from_secret)
    }

    fn opened_by(body: &[u8]) -> Result<Option<usize>, Refusal> {
        let fields = Fields::read(None, body)?;
        Ok(check(&parse(&fields)?, &keys()))
    }

    #[test]
    fn what_the_documents_php_posts_is_believed() {
        let php = format!(
            r#"{{"pid":"2323232323","ref_code":"{REF_CODE}","post_hash":"{}"}}"#,
            SEAL.replace('/', "\\/")
        );
        assert_eq!(opened_by(php.as_bytes()), Ok(Some(1)));
        let form = format!(
            "pid=2323232323&ref_code={REF_CODE}&post_hash={}",
            SEAL.replace('+', "%2B")
        );
        assert_eq!(opened_by(form.as_bytes()), Ok(Some(1)));
    }

    #[test]
    fn a_seal_shown_with_another_ref_code_or_pid_is_refused() {
        for (pid, ref_code) in [
            ("2323232323", "9a07ced0"),
            ("2323232324", REF_CODE),
            ("232323232", "37701004b"),
        ] {
            let body = format!(r#"{{"pid":"{pid}","ref_code":"{ref_code}","post_hash":"{SEAL}"}}"#);
            assert_eq!(opened_by(body.as_bytes()), Ok(None));
        }
    }

    #[test]
    fn what_is_missing_is_named_pid_first() {
        assert_eq!(opened_by(b""), Err(Refusal::MissingField("pid")));
        assert_eq!(opened_by(b"pid=1"), Err(Refusal::MissingField("ref_code")));
        assert_eq!(
            opened_by(b"pid=1&ref_code=2"),
            Err(Refusal::MissingField("post_hash"))
        );
    }

    #[test]
    fn without_a_secret_nothing_is_believed() {
        let body = serde_json::to_vec(&sign_poll("77", "abc", "secret")).unwrap();
        let fields = Fields::read(None, &body).unwrap();
        assert_eq!(check(&parse(&fields).unwrap(), &[]), None);
    }

    proptest! {
        #[test]
        fn a_merchants_poll_is_believed_with_blanks_and_all(
            pid in " ?[0-9]{1,12} ?", ref_code in "[0-9a-f]{1,128} ?", secret in "\\PC{1,40}",
        ) {
            let body = serde_json::to_vec(&sign_poll(&pid, &ref_code, &secret)).unwrap();
            let fields = Fields::read(None, &body).unwrap();
            let poll = parse(&fields).unwrap();
            prop_assert_eq!((poll.pid, poll.ref_code), (pid.trim(), ref_code.trim()));
            prop_assert_eq!(check(&poll, &[SealKey::from_secret(&secret)]), Some(0));
        }

        #[test]
        fn no_junk_is_believed(pid in ".{0,20}", ref_code in ".{0,300}", post_hash in ".{0,300}") {
            let body = serde_json::to_vec(&PollBody { pid, ref_code, post_hash }).unwrap();
            prop_assert!(!matches!(opened_by(&body), Ok(Some(_))));
        }
    }
}
