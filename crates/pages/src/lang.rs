//! In which language a page speaks.

/// A language of the checkout.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Hindi.
    Hi,
}

impl Lang {
    /// Every language, with its code (BCP 47) and its own name for itself.
    pub const ALL: &[(Self, &str, &str)] = &[(Self::En, "en", "English"), (Self::Hi, "hi", "हिन्दी")];

    /// Its code, as in `lang="hi"` and `?lang=hi`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Hi => "hi",
        }
    }

    /// The language with this code; `hi-IN` is Hindi too.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL
            .iter()
            .find(|(_, its, _)| its.eq_ignore_ascii_case(primary))
            .map(|(lang, _, _)| *lang)
    }

    /// The language of a request: the one asked for in `?lang=`, else the first that the browser likes best and we speak
    /// (`Accept-Language`, RFC 9110 §12.5.4), else English.
    #[must_use]
    pub fn choose(asked: Option<&str>, accept_language: Option<&str>) -> Self {
        asked
            .and_then(Self::from_code)
            .or_else(|| accept_language.and_then(Self::liked_best))
            .unwrap_or_default()
    }

    fn liked_best(accept_language: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for item in accept_language.split(',').take(ACCEPTED_MAX) {
            let (tag, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let (Some(lang), weight) = (Self::from_code(tag), thousandths(weight)) else {
                continue;
            };
            // The first of two that are liked equally counts.
            if weight > best.map_or(0, |(most, _)| most) {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    /// The other language, for the link that switches.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Hi,
            Self::Hi => Self::En,
        }
    }

    /// What it calls itself.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Hi => "हिन्दी",
        }
    }
}

/// Languages that are read of an `Accept-Language` at most: a browser sends a handful.
const ACCEPTED_MAX: usize = 32;

/// The weight `q=0.8` as 800. What cannot be read weighs nothing.
fn thousandths(weight: &str) -> u16 {
    let Some(number) = weight.trim().strip_prefix("q=") else {
        return 0;
    };
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return 0;
    }
    match (whole, format!("{decimals:0<3}").parse::<u16>()) {
        ("1", Ok(0)) => 1_000,
        ("0", Ok(part)) => part,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_counts_before_what_the_browser_likes() {
        assert_eq!(Lang::choose(Some("hi"), Some("en")), Lang::Hi);
        assert_eq!(Lang::choose(Some("en"), Some("hi")), Lang::En);
        assert_eq!(Lang::choose(Some("fr"), Some("hi-IN")), Lang::Hi);
        assert_eq!(Lang::choose(None, None), Lang::En);
    }

    #[test]
    fn the_browsers_weights_are_followed() {
        for (header, lang) in [
            ("hi-IN,hi;q=0.9,en;q=0.8", Lang::Hi),
            ("en-IN,hi;q=0.9", Lang::En),
            ("en;q=0.5, hi;q=0.7", Lang::Hi),
            ("hi;q=0.5,en;q=0.5", Lang::Hi),
            ("ta,hi;q=0.3", Lang::Hi),
            ("hi;q=0,en;q=0.1", Lang::En),
            ("hi;q=0", Lang::En),
            ("hi;q=2.0,en;q=0.1", Lang::En),
            ("HI", Lang::Hi),
            ("fr,*", Lang::En),
            (";;,,q=", Lang::En),
        ] {
            assert_eq!(Lang::choose(None, Some(header)), lang, "{header}");
        }
    }

    #[test]
    fn each_language_has_a_code_and_a_name_of_its_own() {
        for (lang, code, name) in Lang::ALL {
            assert_eq!(
                (lang.code(), lang.name(), Lang::from_code(code)),
                (*code, *name, Some(*lang))
            );
            assert_ne!(lang.other(), *lang);
        }
    }
}
