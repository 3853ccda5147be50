//! Pages as a browser without script sees them: forms with their fields, links, elements by id. Not a parser of all
//! HTML, but of what our pages hold.

/// A page.
#[derive(Debug, Clone)]
pub struct Page(String);

/// A form, filled in as far as the page fills it.
#[derive(Debug, Clone)]
pub struct Form {
    /// Where it goes.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Its fields in their order.
    pub fields: Vec<(String, String)>,
    boxes: Vec<(String, String)>,
    buttons: Vec<(String, Option<(String, String)>)>,
}

impl Page {
    /// The page of that text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// All of it.
    pub fn source(&self) -> &str {
        &self.0
    }

    /// The text of the element with that id.
    pub fn text_of(&self, id: &str) -> Option<String> {
        let (_, rest) = self.0.split_once(&format!("id=\"{id}\""))?;
        let (_, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once('<')?;
        Some(unescape(text.trim()))
    }

    /// Where the link with that id leads.
    pub fn link(&self, id: &str) -> Option<String> {
        self.tags("a")
            .find(|tag| attribute(tag, "id").as_deref() == Some(id))
            .and_then(|tag| attribute(tag, "href"))
    }

    /// The form that holds the element with that id, its buttons not pressed and its boxes as the page ticks them.
    ///
    /// # Panics
    /// When there is none.
    pub fn form_with(&self, id: &str) -> Form {
        self.forms()
            .into_iter()
            .find(|(text, _)| text.contains(&format!("id=\"{id}\"")))
            .map(|(_, form)| form)
            .unwrap_or_else(|| panic!("no form with #{id} on {}", self.0))
    }

    fn forms(&self) -> Vec<(String, Form)> {
        self.0
            .split("<form")
            .skip(1)
            .filter_map(|text| text.split_once("</form>").map(|(form, _)| form))
            .map(|text| (text.to_owned(), form(text)))
            .collect()
    }

    fn tags<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        tags(&self.0, name)
    }
}

impl Form {
    /// With this text in a field that is there.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|(field, _)| field == name);
        value.clone_into(&mut field.unwrap_or_else(|| panic!("no field {name}")).1);
        self
    }

    /// With exactly these of its boxes of that name ticked.
    ///
    /// # Panics
    /// When one is not there.
    #[must_use]
    pub fn tick(mut self, name: &str, values: &[&str]) -> Self {
        self.fields.retain(|(field, _)| field != name);
        for value in values {
            let ticked = (name.to_owned(), (*value).to_owned());
            assert!(
                self.boxes.contains(&ticked),
                "no box {name}={value} among {:?}",
                self.boxes
            );
            self.fields.push(ticked);
        }
        self
    }

    /// The values of all its boxes of that name.
    pub fn boxes(&self, name: &str) -> Vec<&str> {
        self.boxes
            .iter()
            .filter(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// With the button of that id pressed.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn press(mut self, id: &str) -> Self {
        let (_, field) = self
            .buttons
            .iter()
            .find(|(button, _)| button == id)
            .unwrap_or_else(|| panic!("no #{id}"));
        self.fields.extend(field.clone());
        self
    }
}

fn form(text: &str) -> Form {
    let opening = text.split_once('>').map_or("", |(opening, _)| opening);
    let mut form = Form {
        action: attribute(opening, "action").unwrap_or_default(),
        method: attribute(opening, "method")
            .unwrap_or_else(|| "get".into())
            .to_ascii_lowercase(),
        fields: vec![],
        boxes: vec![],
        buttons: vec![],
    };
    for tag in tags(text, "input") {
        let name = attribute(tag, "name");
        let value = attribute(tag, "value");
        match (attribute(tag, "type").as_deref(), name) {
            (Some("submit"), name) => {
                let field = name.map(|name| (name, value.unwrap_or_default()));
                form.buttons
                    .push((attribute(tag, "id").unwrap_or_default(), field));
            }
            (Some("checkbox" | "radio"), Some(name)) => {
                let ticked = (name, value.unwrap_or_else(|| "on".into()));
                form.boxes.push(ticked.clone());
                if tag
                    .split_ascii_whitespace()
                    .any(|word| word.trim_end_matches('/') == "checked")
                {
                    form.fields.push(ticked);
                }
            }
            (_, Some(name)) => form.fields.push((name, value.unwrap_or_default())),
            (_, None) => {}
        }
    }
    for tag in tags(text, "textarea").chain(tags(text, "select")) {
        form.fields
            .extend(attribute(tag, "name").map(|name| (name, String::new())));
    }
    for tag in tags(text, "button") {
        let field = attribute(tag, "name").map(|name| (name, attribute(tag, "value").unwrap_or_default()));
        form.buttons
            .push((attribute(tag, "id").unwrap_or_default(), field));
    }
    form
}

/// The inside of every opening tag of that name.
fn tags<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    text.split('<')
        .filter_map(move |tag| tag.strip_prefix(name))
        .filter(|tag| tag.starts_with(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/'))
        .filter_map(|tag| tag.split_once('>').map(|(inside, _)| inside))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let marked = format!("{name}=\"");
    let at = tag
        .match_indices(&marked)
        .find(|(at, _)| tag[..*at].ends_with(|c: char| c.is_ascii_whitespace()))?
        .0;
    let (value, _) = tag[at + marked.len()..].split_once('"')?;
    Some(unescape(value))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#x27;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_filled_as_a_person_would() {
        let page = Page::new(
            r#"<p id="error-code">a &amp; b</p><form action="/x?a=1&amp;b" method="POST">
            <input type="hidden" name="csrf" value="t"><input id="username" name="username">
            <input type="checkbox" name="account" value="1" checked><input type="checkbox" name="account" value="2">
            <button id="allow" name="decision" value="allow">Allow</button></form>"#,
        );
        assert_eq!(page.text_of("error-code").as_deref(), Some("a & b"));
        let form = page.form_with("allow");
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/x?a=1&b", "post"));
        assert_eq!(form.boxes("account"), ["1", "2"]);
        let form = form
            .fill("username", "alice")
            .tick("account", &["2"])
            .press("allow");
        let fields: Vec<_> = form
            .fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            fields,
            ["csrf=t", "username=alice", "account=2", "decision=allow"]
        );
    }
}
