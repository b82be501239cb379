//! What every page promises, whoever draws it. Pages are read as text: no browser is at hand here.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where the world is not what it should be"
)]

mod checkout;
mod read;
mod shop;

use read::{attribute, forms, ids, tags};
use rokad_pages::{assets, checkout::samples::samples};

/// Bytes of a page with its stylesheet, script and mark: it is there within a second on a slow phone.
const PAGE_BYTES_MAX: usize = 30_000;

#[test]
fn every_page_says_its_language_and_has_one_headline_and_one_main_part() {
    for (name, html) in samples() {
        let lang = if name.ends_with("-hi") { "hi" } else { "en" };
        assert!(
            html.starts_with(&format!("<!doctype html>\n<html lang=\"{lang}\">")),
            "{name}"
        );
        for part in ["<h1>", "<main ", "<header ", "<footer>", "<title>"] {
            assert_eq!(html.matches(part).count(), 1, "{name}: {part}");
        }
    }
}

#[test]
fn hindi_pages_speak_hindi_and_numbers_stay_latin() {
    for (name, html) in samples() {
        let title = html
            .split("<title>")
            .nth(1)
            .unwrap()
            .split("</title>")
            .next()
            .unwrap();
        let hindi = title.contains(|c| ('ऀ'..='ॿ').contains(&c));
        assert_eq!(hindi, name.ends_with("-hi"), "{name}: {title}");
        assert!(!html.contains(|c| ('०'..='९').contains(&c)), "{name}");
    }
}

#[test]
fn a_page_with_everything_that_it_loads_is_small() {
    let assets: usize = assets::assets().iter().map(|asset| asset.bytes.len()).sum();
    for (name, html) in samples() {
        let size = html.len() + assets;
        assert!(size < PAGE_BYTES_MAX, "{name}: {size} bytes");
    }
}

#[test]
fn no_page_and_no_asset_loads_from_elsewhere() {
    for (name, html) in samples() {
        for tag in tags(&html) {
            let leaves = ["continue", "post-back", "open-upi"]
                .map(Some)
                .contains(&attribute(tag, "id"));
            for address in ["src", "href", "action"]
                .into_iter()
                .filter_map(|name| attribute(tag, name))
            {
                let ours = address.starts_with(['#', '?'])
                    || (address.starts_with('/') && !address.starts_with("//"));
                assert!(ours || leaves, "{name}: {address}");
            }
        }
    }
    for asset in assets::assets() {
        let text = std::str::from_utf8(asset.bytes).unwrap();
        let text = text.replace("http://www.w3.org/2000/svg", "");
        for word in ["http", "url(", "@import", "import("] {
            assert!(!text.contains(word), "{}: {word}", asset.path);
        }
    }
}

#[test]
fn nothing_is_inline_that_the_policy_would_refuse() {
    for (name, html) in samples() {
        assert!(
            !html.contains("<style") && !html.contains("javascript:"),
            "{name}"
        );
        assert_eq!(
            html.matches("<script").count(),
            html.matches(" defer></script>").count(),
            "{name}"
        );
        for tag in tags(&html) {
            let handler = tag
                .split(' ')
                .any(|word| word.starts_with("on") && word.contains("=\""));
            assert!(!tag.contains(" style=") && !handler, "{name}: {tag}");
        }
    }
}

#[test]
fn ids_are_single_and_whatever_refers_to_one_finds_it() {
    for (name, html) in samples() {
        let ids = ids(&html);
        for (at, id) in ids.iter().enumerate() {
            assert!(!ids[..at].contains(id), "{name}: {id} twice");
        }
        for tag in tags(&html) {
            let described = attribute(tag, "aria-describedby").unwrap_or_default();
            let linked = attribute(tag, "href").and_then(|href| href.strip_prefix('#'));
            for id in described
                .split_whitespace()
                .chain(linked)
                .chain(attribute(tag, "for"))
            {
                assert!(ids.contains(&id), "{name}: {id}");
            }
        }
    }
}

#[test]
fn every_field_that_is_seen_has_a_label_and_says_where_its_fault_stands() {
    for (name, html) in samples() {
        for field in tags(&html).filter(|tag| tag.starts_with("input ") || tag.starts_with("select ")) {
            if attribute(field, "type") == Some("hidden") {
                continue;
            }
            let id = attribute(field, "id").unwrap();
            assert_eq!(attribute(field, "name"), Some(id), "{name}");
            assert!(html.contains(&format!("<label for=\"{id}\">")), "{name}: {id}");
            let described = attribute(field, "aria-describedby").unwrap();
            assert!(described.contains(&format!("{id}-fault")), "{name}: {id}");
        }
    }
}

#[test]
fn every_form_and_every_link_of_ours_carries_the_language_and_every_form_the_attempt() {
    for (name, html) in samples() {
        let lang = if name.ends_with("-hi") { "hi" } else { "en" };
        for form in forms(&html).filter(|form| !form.contains("id=\"post-back\"")) {
            for field in [
                "name=\"attempt\" value=\"",
                &format!("name=\"lang\" value=\"{lang}\""),
            ] {
                assert_eq!(form.matches(field).count(), 1, "{name}: {field}");
            }
        }
        for link in tags(&html)
            .filter(|tag| tag.starts_with("a "))
            .filter_map(|tag| attribute(tag, "href"))
        {
            assert!(
                !link.starts_with("/checkout/") || link.contains("?lang="),
                "{name}: {link}"
            );
        }
    }
}

#[test]
fn each_sample_has_a_name_of_its_own() {
    let mut names: Vec<_> = samples().into_iter().map(|(name, _)| name).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}
