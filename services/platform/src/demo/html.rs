//! As much of HTML as a browser needs to fill in a form: forms, their fields, their buttons, and elements by id.
//!
//! Our own pages are the only ones it reads, so it takes tags as they come and builds no tree.

/// One start tag: its name and attributes, decoded.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// Where its content begins in the page.
    after: usize,
}

impl Tag {
    /// The attribute's value; empty when it stands without one.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn is(&self, name: &str) -> bool {
        self.name == name
    }
}

/// A page: its tags in order, closing ones with a leading slash.
#[derive(Debug, Clone)]
pub(super) struct Page {
    text: String,
    tags: Vec<Tag>,
}

/// A form, as it would be submitted: names and values in document order.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) method: String,
    pub(super) fields: Vec<(String, String)>,
    /// Check boxes that are not ticked.
    pub(super) unticked: Vec<(String, String)>,
}

impl Page {
    pub(super) fn parse(text: String) -> Self {
        let tags = tags(&text);
        Self { text, tags }
    }

    /// Whether an element has that id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.element(id).is_some()
    }

    /// The text of the element with that id, up to the next tag.
    pub(super) fn text_of(&self, id: &str) -> Option<String> {
        let rest = self.text.get(self.element(id)?.after..)?;
        Some(
            decoded(rest.split('<').next().unwrap_or_default())
                .trim()
                .to_owned(),
        )
    }

    /// The element with that id.
    pub(super) fn element(&self, id: &str) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.attribute("id") == Some(id))
    }

    /// The form that holds the element with that id, with the button's own name and value if it has them.
    pub(super) fn form_of(&self, id: &str) -> Option<Form> {
        let position = self.tags.iter().position(|tag| tag.attribute("id") == Some(id))?;
        let (before, from) = self.tags.split_at_checked(position)?;
        let start = before.iter().rposition(|tag| tag.is("form"))?;
        let end = position + from.iter().position(|tag| tag.is("/form"))?;
        let within = self.tags.get(start..end)?;
        let opening = within.first()?;
        let mut form = Form {
            action: opening.attribute("action").unwrap_or_default().to_owned(),
            method: opening.attribute("method").unwrap_or("get").to_ascii_lowercase(),
            ..Form::default()
        };
        for tag in within {
            let pressed = tag.attribute("id") == Some(id);
            form.take(tag, pressed);
        }
        Some(form)
    }
}

impl Form {
    fn take(&mut self, tag: &Tag, pressed: bool) {
        let Some(name) = tag.attribute("name") else { return };
        let kind = tag.attribute("type").unwrap_or_default();
        let ticked = tag.attribute("checked").is_some();
        let field = (
            name.to_owned(),
            tag.attribute("value").unwrap_or_default().to_owned(),
        );
        match (tag.name.as_str(), kind) {
            ("button", _) | ("input", "submit") if !pressed => {}
            ("input", "checkbox" | "radio") if !ticked => {
                let value = tag.attribute("value").unwrap_or("on").to_owned();
                self.unticked.push((field.0, value));
            }
            ("input" | "button" | "textarea", _) => self.fields.push(field),
            _ => {}
        }
    }

    /// Types into a field, which must be there.
    pub(super) fn fill(&mut self, name: &str, value: &str) -> Option<()> {
        let field = self.fields.iter_mut().find(|(key, _)| key == name)?;
        value.clone_into(&mut field.1);
        Some(())
    }

    /// Ticks every box.
    pub(super) fn tick_all(&mut self) {
        self.fields.append(&mut self.unticked);
    }
}

fn tags(text: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        rest = rest.split_at(start + 1).1;
        let length = end_of_tag(rest);
        let (tag, behind) = rest.split_at(length);
        rest = behind;
        let after = text.len() - rest.len() + 1;
        let mut name_end = tag.len();
        if let Some(space) = tag.find(char::is_whitespace) {
            name_end = space;
        }
        let (name, attributes) = tag.split_at(name_end);
        tags.push(Tag {
            name: name.trim_end_matches('/').to_ascii_lowercase(),
            attributes: self::attributes(attributes),
            after: after.min(text.len()),
        });
    }
    tags
}

/// Bytes up to the `>` that is not within quotes.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn attributes(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if text.is_empty() {
            return found;
        }
        let end = text
            .find(|c: char| c.is_whitespace() || c == '=')
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let value;
        (value, text) = match rest.strip_prefix('=') {
            None => ("", rest),
            Some(rest) => match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = rest.get(1..).unwrap_or_default();
                    inner.split_once(quote).unwrap_or((inner, ""))
                }
                _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
            },
        };
        found.push((name.to_ascii_lowercase(), decoded(value)));
    }
}

/// The five named references, and numbers.
fn decoded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    plain.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let reference = piece
            .split_once(';')
            .and_then(|(name, rest)| Some((character(name)?, rest)));
        match reference {
            Some((character, rest)) => {
                plain.push(character);
                plain.push_str(rest);
            }
            None => {
                plain.push('&');
                plain.push_str(piece);
            }
        }
    }
    plain
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r##"<!doctype html><a id=next href="/a?x=1&amp;y=2">a</a>
        <form id=first action="/one"><input name="q" value="no"><button id="one">1</button></form>
        <form method="post" action="/two?a=b&amp;c=d"><input type="hidden" name="csrf" value="a&#x27;&quot;>b">
        <input name='username' id="username"><input type="checkbox" name="account" value="1" checked>
        <input type="checkbox" name="account" value="2">
        <button name="decision" value="deny" id="deny">No</button>
        <button name="decision" value="allow" id="allow">Yes</button></form><p id="code">invalid_request </p>"##;

    #[test]
    fn a_form_is_what_a_browser_would_send() {
        let page = Page::parse(PAGE.to_owned());
        let mut form = page.form_of("allow").unwrap();
        assert_eq!(
            (form.method.as_str(), form.action.as_str()),
            ("post", "/two?a=b&c=d")
        );
        form.fill("username", "alice").unwrap();
        form.tick_all();
        let expected = [
            ("csrf", "a'\">b"),
            ("username", "alice"),
            ("account", "1"),
            ("decision", "allow"),
            ("account", "2"),
        ];
        let fields: Vec<_> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(fields, expected);
        assert_eq!(page.form_of("code").map(|form| form.action), None);
    }

    #[test]
    fn elements_are_found_by_id() {
        let page = Page::parse(PAGE.to_owned());
        assert!(page.has("username") && !page.has("password"));
        assert_eq!(page.text_of("code").unwrap(), "invalid_request");
        assert_eq!(
            page.element("next").unwrap().attribute("href"),
            Some("/a?x=1&y=2")
        );
    }
}
