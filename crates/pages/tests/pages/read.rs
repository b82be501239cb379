//! Just enough reading of HTML, as our templates write it.

/// Every tag, without its angle brackets.
pub fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).filter_map(|tag| tag.split('>').next())
}

/// The value of an attribute of a tag, as it stands in the text.
pub fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// Every form, from its tag to its end.
pub fn forms(html: &str) -> impl Iterator<Item = &str> {
    html.split("<form ")
        .skip(1)
        .filter_map(|form| form.split("</form>").next())
}

/// Every id.
pub fn ids(html: &str) -> Vec<&str> {
    tags(html).filter_map(|tag| attribute(tag, "id")).collect()
}

/// The names of the fields that are seen in a form, in their order.
pub fn fields(form: &str) -> Vec<&str> {
    tags(form)
        .filter(|tag| tag.starts_with("input ") || tag.starts_with("select "))
        .filter(|tag| attribute(tag, "type") != Some("hidden"))
        .filter_map(|tag| attribute(tag, "name"))
        .collect()
}

/// What stands between `from` and the next `to`. Empty: there is no `from`.
pub fn between<'a>(html: &'a str, from: &str, to: &str) -> &'a str {
    html.split_once(from)
        .and_then(|(_, rest)| rest.split(to).next())
        .unwrap_or_default()
}
