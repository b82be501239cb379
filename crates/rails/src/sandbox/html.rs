//! Pages for people, shared by the bank and its acquirer: plain HTML, no script, nothing loaded from anywhere else.

use std::fmt::Write;

/// What stands below every page.
pub const FOOT: &str = "</main>\n</body>\n</html>\n";

/// What stands above every page. Both texts are our own.
pub fn head(title: &str, sentence: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/bank.css\">\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p>{sentence}</p>\n<p><a href=\"/\">Bank</a> · <a href=\"/acquirer\">Acquirer</a></p>\n</header>\n<main>\n"
    )
}

/// A table under a heading. Every cell is escaped here, so that none can be forgotten.
pub fn table(
    html: &mut String,
    title: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> std::fmt::Result {
    write!(html, "<h2>{title}</h2>\n<table>\n<thead><tr>")?;
    for column in columns {
        write!(html, "<th scope=\"col\"{}>{column}</th>", class(column))?;
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        html.push_str("<tr>");
        for (column, cell) in columns.iter().zip(row) {
            write!(
                html,
                "<td data-label=\"{column}\"{}>{}</td>",
                class(column),
                code(&escape(&cell))
            )?;
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
    Ok(())
}

/// How a column looks.
fn class(column: &str) -> &'static str {
    match column {
        "Balance" | "Blocked" | "Amount" => " class=\"money\"",
        "Number" | "Reference" | "From" | "UTR" | "RRN" | "With" | "IFSC" => " class=\"id\"",
        "What the bank does" | "What the acquirer does" => " class=\"wide\"",
        _ => "",
    }
}

/// What stands between backticks is code.
fn code(escaped: &str) -> String {
    let parts = escaped.split('`').enumerate();
    parts
        .map(|(at, part)| {
            if at % 2 == 1 {
                format!("<code>{part}</code>")
            } else {
                part.to_owned()
            }
        })
        .collect()
}

/// `text`, as it may stand in HTML, also in an attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}
