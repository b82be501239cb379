//! What a customer reads in a page of the checkout.

/// Where a checkout stands, as its page says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Page {
    /// A way to pay may be chosen: for the attempt with this number.
    Choose(u32),
    /// The attempt with this number waits for the customer at this page.
    AtBank(u32, String),
    /// The attempt with this number is under way, and there is nothing to do.
    Waiting(u32),
    /// It is over: with the body of the form that goes back to the shop.
    Ended(Vec<(String, String)>),
}

impl Page {
    pub fn read(html: &str) -> Self {
        let attempt = || {
            let shown = between(html, "name=\"attempt\" value=\"", "\"");
            let shown = shown.or_else(|| digits_behind(between(html, "data-follow=\"", "\"")?, "attempt="));
            let number = shown.and_then(|number| number.parse().ok());
            number.unwrap_or_else(|| panic!("a page without the number of its attempt:\n{html}"))
        };
        if html.contains("id=\"outcome\"") {
            let form = between(html, "id=\"post-back\"", "</form>").expect("a way back to the shop");
            Self::Ended(hidden_fields(form))
        } else if let Some(link) = between(html, "id=\"continue\" href=\"", "\"") {
            Self::AtBank(attempt(), unescape(link))
        } else if html.contains("/pay\"") {
            Self::Choose(attempt())
        } else if html.contains("data-follow=") {
            Self::Waiting(attempt())
        } else {
            panic!("a page that no customer understands:\n{html}")
        }
    }
}

fn between<'h>(html: &'h str, before: &str, after: &str) -> Option<&'h str> {
    let (_, rest) = html.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

fn digits_behind<'h>(text: &'h str, before: &str) -> Option<&'h str> {
    let (_, rest) = text.split_once(before)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some(&rest[..end])
}

fn hidden_fields(form: &str) -> Vec<(String, String)> {
    let inputs = form.split("<input type=\"hidden\" ").skip(1);
    let field = |input| {
        let name = between(input, "name=\"", "\"").expect("a name");
        let value = between(input, "value=\"", "\"").expect("a value");
        (name.to_owned(), unescape(value))
    };
    inputs.map(field).collect()
}

fn unescape(text: &str) -> String {
    let marks = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'")];
    let text = marks.iter().fold(text.to_owned(), |text, (escaped, mark)| {
        text.replace(escaped, mark)
    });
    text.replace("&#38;", "&")
}
