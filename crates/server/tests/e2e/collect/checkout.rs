//! A customer with a browser that runs no script: reads pages, sends their forms, goes to the bank's page and comes back.

use super::shop::{Order, PAYMENT, Shop, encoded};
use crate::{
    http::{self, Answer},
    waiting::found,
};
use ureq::Agent;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// A browser at one site.
#[derive(Clone)]
pub struct Browser {
    client: Agent,
    pub base: String,
}

/// A checkout that a customer has open.
pub struct Checkout {
    pub browser: Browser,
    pub token: String,
}

/// A page, as it came.
pub struct Page(pub Answer);

/// What a customer types.
pub type Typed<'a> = Vec<(&'a str, &'a str)>;

pub fn card(number: &str) -> Typed<'_> {
    vec![
        ("method", "card"),
        ("card_number", number),
        ("card_expiry", "12/39"),
        ("card_cvv", "123"),
        ("card_name", "Asha Rao"),
    ]
}

pub fn upi(vpa: &str) -> Typed<'_> {
    vec![("method", "upi"), ("vpa", vpa)]
}

pub const PAID_AT_ONCE: &str = "4012001037140015";
pub const WITH_PAGE: &str = "5123456789012346";

/// The answers at a card's page that pay.
pub const OTP: &[&[(&str, &str)]] = &[&[("otp", "123456"), ("choice", "pay")]];

impl Browser {
    pub fn new(client: Agent, base: &str) -> Self {
        let base = base.to_owned();
        Self { client, base }
    }

    fn url(&self, at: &str) -> String {
        if at.starts_with("http") {
            at.to_owned()
        } else {
            format!("{}{at}", self.base)
        }
    }

    pub fn get(&self, at: &str) -> Answer {
        self.get_with(at, &[])
    }

    pub fn get_with(&self, at: &str, headers: &[(&str, &str)]) -> Answer {
        http::get_with(&self.client, &self.url(at), headers)
    }

    pub fn post(&self, at: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
        http::post(
            &self.client,
            &self.url(at),
            &[&[FORM], headers].concat(),
            form.as_bytes(),
        )
    }

    /// Sends a form that is answered with 303. Where it leads.
    pub fn sent_on(&self, at: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(at, &form(fields), &[]);
        assert_eq!(answer.status, 303, "{at}: {}", answer.text());
        answer.header("location").unwrap().to_owned()
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let fields = fields
        .iter()
        .map(|(name, text)| format!("{name}={}", encoded(text)));
    fields.collect::<Vec<_>>().join("&")
}

impl Shop {
    /// The checkout of a new order over so many rupees.
    pub fn checkout(&self, amount: &str) -> (Order, Checkout) {
        let order = self.order(amount);
        let checkout = self.open(&order);
        (order, checkout)
    }

    pub fn open(&self, order: &Order) -> Checkout {
        let answer = self.browser.post(PAYMENT, &order.form(), &[]);
        assert_eq!(answer.status, 302, "{}", answer.text());
        let token = answer
            .header("location")
            .unwrap()
            .strip_prefix("/checkout/")
            .unwrap()
            .to_owned();
        let browser = self.browser.clone();
        Checkout { browser, token }
    }
}

impl Checkout {
    pub fn at(&self, action: &str) -> String {
        format!("/checkout/{}{action}", self.token)
    }

    pub fn page(&self) -> Page {
        let answer = self.browser.get(&self.at(""));
        assert_eq!(answer.status, 200, "{}", answer.text());
        Page(answer)
    }

    /// Sends a form of the page that is on show.
    pub fn send(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let attempt = self.page().attempt();
        self.send_as(&attempt, action, fields)
    }

    /// Sends a form with this number of an attempt.
    pub fn send_as(&self, attempt: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("attempt", attempt), ("lang", "en")], fields].concat();
        self.browser.post(&self.at(action), &form(&fields), &[])
    }

    /// Sends a form, and follows to the page that comes then.
    pub fn go(&self, action: &str, fields: &[(&str, &str)]) -> Page {
        let answer = self.send(action, fields);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let to = answer.header("location").unwrap();
        assert!(to.starts_with(&self.at("?lang=en")), "{to}");
        Page(self.browser.get(to))
    }

    /// Sends a card to a gateway that may be gone.
    pub fn try_pay(&self, number: &str) -> Result<Answer, ureq::Error> {
        let shown = self
            .browser
            .client
            .get(self.browser.url(&self.at("")))
            .call()?
            .body_mut()
            .read_to_string()?;
        let attempt = between(&shown, "name=\"attempt\" value=\"", "\"").unwrap_or_default();
        let fields = [&[("attempt", &*attempt)][..], &card(number)].concat();
        http::try_post(
            &self.browser.client,
            &self.browser.url(&self.at("/pay")),
            &[FORM],
            form(&fields).as_bytes(),
        )
    }

    pub fn pay(&self, means: &[(&str, &str)]) -> Page {
        self.go("/pay", means)
    }

    /// Answers the bank's pages, and comes back.
    pub fn at_the_bank(&self, page: &Page, answers: &[&[(&str, &str)]]) -> Page {
        let mut at = page.link();
        let bank = at[..at.find("/customer/").unwrap()].to_owned();
        for fields in answers {
            assert!(self.browser.get(&at).text().contains("Sandbox bank"));
            at = self.browser.sent_on(&at, fields);
            if at.starts_with('/') {
                at = format!("{bank}{at}");
            }
        }
        assert!(at.contains(&self.at("/return")), "{at}");
        let back = self.browser.get(&at);
        assert_eq!(back.status, 303, "{}", back.text());
        Page(self.browser.get(back.header("location").unwrap()))
    }

    /// Comes back as from the bank, so that the acquirer is asked, until the page is this one.
    pub fn becomes_by_asking(&self, stage: &str) -> Page {
        found(&format!("the checkout shows {stage}"), || {
            self.browser.get(&self.at("/return"));
            Some(self.page()).filter(|page| page.stage() == stage)
        })
    }

    /// Reloads until the page is this one.
    pub fn becomes(&self, stage: &str) -> Page {
        found(&format!("the checkout shows {stage}"), || {
            Some(self.page()).filter(|page| page.stage() == stage)
        })
    }
}

impl Page {
    pub fn text(&self) -> String {
        self.0.text()
    }

    /// What it shows, in a word: `choose`, `at_bank`, `in_app`, `checking`, `qr`, or the outcome: `paid`, `failed` …
    pub fn stage(&self) -> String {
        let text = self.text();
        if let Some(outcome) = between(&text, "data-outcome=\"", "\"") {
            return outcome;
        }
        if text.contains("id=\"continue\"") {
            return "at_bank".to_owned();
        }
        match between(&text, "&#38;page=", "\"") {
            Some(waiting) => waiting,
            None if text.contains("/pay\"") || text.contains("id=\"give-up\"") => "choose".to_owned(),
            None => panic!("no page of a checkout: {text}"),
        }
    }

    /// The number of the attempt in its forms; none once it has ended.
    pub fn attempt(&self) -> String {
        between(&self.text(), "name=\"attempt\" value=\"", "\"").unwrap_or_default()
    }

    /// What is said of the last try.
    pub fn notice(&self) -> String {
        between(&self.text(), "id=\"notice\"", "</div>").unwrap_or_default()
    }

    /// The way to the bank's page.
    pub fn link(&self) -> String {
        unescaped(&between(&self.text(), "id=\"continue\" href=\"", "\"").expect("a link to the bank"))
    }

    /// Where it posts the outcome, and the fields in their order.
    pub fn post_back(&self) -> (String, Vec<(String, String)>) {
        let text = self.text();
        let form = between(&text, "<form id=\"post-back\"", "</form>").expect("a post-back");
        let url = unescaped(&between(&form, "action=\"", "\"").unwrap());
        let fields = form.split("<input type=\"hidden\" name=\"").skip(1).map(|input| {
            let (name, rest) = input.split_once('"').unwrap();
            (
                name.to_owned(),
                unescaped(&between(rest, "value=\"", "\"").unwrap()),
            )
        });
        (url, fields.collect())
    }
}

pub fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let rest = &text[text.find(before)? + before.len()..];
    Some(rest[..rest.find(after)?].to_owned())
}

fn unescaped(text: &str) -> String {
    let marks = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    marks.iter().fold(text.to_owned(), |text, (escaped, mark)| {
        text.replace(escaped, mark)
    })
}
