//! The result as one HTML page that needs nothing else: no script, no font, no network. All text goes through
//! [`Html::text`], and tags are known when this is compiled, so that nothing from a catalog becomes markup.

use autogen_core::visible;

use super::page::{Entry, Page, PageScript};
use crate::outcome::Outcome;

/// The look, in the colours that the reader's system has.
const STYLE: &str = include_str!("page.css");

/// The document.
pub(crate) fn document(outcome: &Outcome) -> String {
    render(&Page::new(outcome))
}

fn render(page: &Page) -> String {
    let mut html = Html::default();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    // Even if something slipped through, a browser would run nothing and load nothing.
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    html.text("autogen: ").text(&page.title);
    html.raw("</title>\n<style>\n").raw(STYLE).raw("</style>\n</head>\n<body>\n");
    html.element("h1", &page.title);
    html.raw("<p>Compared: ").text(&page.compared).raw(".</p>\n");
    changes(&mut html, page);
    for script in &page.scripts {
        self::script(&mut html, script);
    }
    for list in &page.lists {
        html.element("h2", &list.title).raw("<ul>\n");
        for entry in &list.entries {
            self::entry(&mut html, entry);
        }
        html.raw("</ul>\n");
    }
    if !page.notes.is_empty() {
        html.element("h2", "Notes").raw("<ul>\n");
        for note in &page.notes {
            html.element("li", note);
        }
        html.raw("</ul>\n");
    }
    html.raw("</body>\n</html>\n");
    html.out
}

fn changes(html: &mut Html, page: &Page) {
    if page.changes.is_empty() {
        return;
    }
    html.raw("<table>\n<thead><tr><th>change</th><th>object</th><th>what differs</th><th>where</th></tr></thead>\n<tbody>\n");
    for change in &page.changes {
        html.raw("<tr><td>").text(change.action).raw("</td><td><code>").text(&change.object);
        html.raw("</code></td><td>").text(&change.detail).raw("</td><td><code>");
        html.text(change.place.as_deref().unwrap_or_default()).raw("</code></td></tr>\n");
    }
    html.raw("</tbody>\n</table>\n");
}

fn script(html: &mut Html, script: &PageScript) {
    html.element("h2", script.name);
    if !script.hazards.is_empty() || !script.todos.is_empty() {
        html.raw("<ul>\n");
        let todos = script.todos.iter().map(|todo| ("TODO", todo));
        for (kind, message) in todos.chain(script.hazards.iter().map(|(kind, said)| (kind.as_str(), said))) {
            html.raw("<li><strong>").text(kind).raw("</strong>: ").text(message).raw("</li>\n");
        }
        html.raw("</ul>\n");
    }
    html.raw("<pre><code>");
    for line in script.text.trim_end().split('\n') {
        html.text(line).raw("\n");
    }
    html.raw("</code></pre>\n");
}

fn entry(html: &mut Html, entry: &Entry) {
    html.raw("<li>");
    if !entry.object.is_empty() {
        html.raw("<code>").text(&entry.object).raw("</code>");
    }
    if !entry.object.is_empty() && !entry.text.is_empty() {
        html.raw(": ");
    }
    html.text(&entry.text).raw("</li>\n");
}

/// A page that is being written. What is known only at run time enters it through [`Html::text`].
#[derive(Default)]
struct Html {
    out: String,
}

impl Html {
    fn raw(&mut self, markup: &'static str) -> &mut Html {
        self.out.push_str(markup);
        self
    }

    fn text(&mut self, text: &str) -> &mut Html {
        self.out.push_str(&escaped(text));
        self
    }

    /// An element in a line of its own.
    fn element(&mut self, tag: &'static str, text: &str) -> &mut Html {
        self.raw("<").raw(tag).raw(">").text(text).raw("</").raw(tag).raw(">\n")
    }
}

/// Text that is neither a tag nor the end of an attribute; what nobody would see is shown as an escape.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' => out.push(c),
            // XML has no way to write these two.
            '\u{fffe}' | '\u{ffff}' => out.extend(c.escape_default()),
            _ => out.push_str(&visible(c.encode_utf8(&mut [0; 4]))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::page::Change;
    use super::*;

    #[test]
    fn names_are_no_markup() {
        let hostile = "</code><script>alert('1')</script>\u{202e}\"&\n";
        let change = Change {
            action: "drop",
            object: hostile.to_owned(),
            detail: hostile.to_owned(),
            place: Some(hostile.to_owned()),
        };
        let script = PageScript {
            name: "up.sql",
            text: format!("SELECT 1; -- {hostile}"),
            hazards: vec![(hostile.to_owned(), hostile.to_owned())],
            todos: vec![hostile.to_owned()],
        };
        let page = Page {
            title: hostile.to_owned(),
            compared: hostile.to_owned(),
            changes: vec![change],
            scripts: vec![script],
            lists: Vec::new(),
            notes: vec![hostile.to_owned()],
        };
        let text = render(&page);
        assert!(!text.contains("<script") && !text.contains('\u{202e}'), "{text}");
        assert!(text.contains("&lt;script&gt;alert(&#39;1&#39;)"), "{text}");
    }
}
