//! Pages: a template each, with the struct that fills it and a `sample()` that tests render and people look at.
//!
//! What recipients and consumers named themselves is in here as it came; the templates escape it (L13).

mod accesses;
mod approval;
mod choice;
mod code;
mod connection;
mod connections;
mod decision;
mod error;
mod preview;
mod question;
mod receipt;
mod sign_in;

use std::collections::BTreeSet;

use actix_web::HttpRequest;
use domain::{DataCluster, Instant};

use crate::{
    api::{Account, Cluster, Party, Topic},
    style,
    text::{Language, Text},
};

pub(crate) use accesses::Accesses;
pub(crate) use code::Code;
pub(crate) use connection::{Connection, Facts};
pub(crate) use connections::Connections;
pub(crate) use decision::Decision;
pub(crate) use error::Error;
pub(crate) use question::Question;
pub(crate) use receipt::Receipt;
pub(crate) use sign_in::SignIn;

/// The parameter of every page's address by which the consumer chooses a language.
pub(crate) const LANGUAGE: &str = "lang";

/// The parameter of an address that tells what was just done.
pub(crate) const DONE: &str = "done";

/// What is around every page.
pub(crate) struct Frame {
    pub(crate) text: &'static Text,
    /// Changes with the stylesheet.
    pub(crate) style: &'static str,
    /// Who is signed in.
    pub(crate) person: Option<Person>,
    /// The same page in every language.
    pub(crate) languages: Vec<LanguageLink>,
}

/// A page in another language.
pub(crate) struct LanguageLink {
    /// BCP 47.
    tag: &'static str,
    /// As its readers call it.
    name: &'static str,
    /// The page's own address with the choice, relative: `?...`. Nothing for the one that it is in.
    address: Option<String>,
}

/// A page with its frame.
pub(crate) trait Framed {
    /// The frame.
    fn frame(&self) -> &Frame;
}

/// Who is signed in, and the token of the form by which they sign out, where they can.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) sign_out: Option<String>,
}

/// Who asks, or reads.
pub(crate) struct Asker {
    pub(crate) name: String,
    pub(crate) monogram: String,
    pub(crate) registered: Option<String>,
    pub(crate) through: Option<String>,
}

/// A data cluster in the consumer's language.
pub(crate) struct ClusterLine {
    pub(crate) label: String,
    pub(crate) description: String,
}

/// An account as a line.
pub(crate) struct AccountLine {
    pub(crate) name: String,
    pub(crate) detail: String,
}

impl Frame {
    /// The frame of what answers that request.
    pub(crate) fn new(text: &'static Text, person: Option<Person>, request: &HttpRequest) -> Self {
        Self {
            text,
            style: style::fingerprint(),
            person,
            languages: languages(text, request.query_string()),
        }
    }
}

fn languages(text: &Text, query: &str) -> Vec<LanguageLink> {
    let address = |language: &str| {
        // An answer that was told of once is not told again.
        let kept = url::form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| name != LANGUAGE && name != DONE);
        url::form_urlencoded::Serializer::for_suffix(String::from("?"), 1)
            .extend_pairs(kept)
            .append_pair(LANGUAGE, language)
            .finish()
    };
    let link = |language: Language| {
        let other = language.text();
        LanguageLink {
            tag: other.language,
            name: other.language_name,
            address: (other.language != text.language).then(|| address(other.language)),
        }
    };
    Language::ALL.into_iter().map(link).collect()
}

/// An instant to the minute.
pub(crate) fn moment(text: &Text, instant: Instant) -> String {
    format!("{}, {} UTC", (text.date)(instant), instant.format("%H:%M"))
}

impl Asker {
    pub(crate) fn new(text: &Text, recipient: &Party, intermediaries: &[Party]) -> Self {
        let through: Vec<_> = intermediaries.iter().map(|party| party.name.as_str()).collect();
        Self {
            name: recipient.name.clone(),
            monogram: monogram(&recipient.name),
            registered: registered(text, recipient),
            through: (!through.is_empty()).then(|| (text.through)(&recipient.name, &through.join(", "))),
        }
    }
}

fn registered(text: &Text, party: &Party) -> Option<String> {
    let name = party.registered_entity_name.as_deref()?;
    let entity = match (&party.registry, &party.registered_entity_id) {
        (Some(registry), Some(id)) => format!("{name} ({registry} {id})"),
        _ => name.to_owned(),
    };
    Some((text.registered_as)(&entity))
}

/// The first letter or digit of a name.
pub(crate) fn monogram(name: &str) -> String {
    name.chars()
        .find(|character| character.is_alphanumeric())
        .map(|first| first.to_uppercase().collect())
        .unwrap_or_default()
}

impl ClusterLine {
    pub(crate) fn all(text: &Text, clusters: &[Cluster]) -> Vec<Self> {
        let line = |cluster: &Cluster| match (text.cluster)(cluster.data_cluster) {
            Some((label, description)) => Self {
                label: label.to_owned(),
                description: description.to_owned(),
            },
            None => Self {
                label: cluster.label.clone(),
                description: cluster.description.clone(),
            },
        };
        clusters.iter().map(line).collect()
    }

    /// The same with what is told of the consumer themself, each claim by its name.
    pub(crate) fn with_topics(text: &Text, clusters: &[Cluster], topics: &[Topic]) -> Vec<Self> {
        let mut lines = Self::of_topics(text, topics);
        lines.extend(Self::all(text, clusters));
        lines
    }

    /// The same of clusters for which the API gives no words, as a receipt has them.
    pub(crate) fn of_receipt(text: &Text, clusters: &BTreeSet<DataCluster>, topics: &[Topic]) -> Vec<Self> {
        let words = |cluster: &DataCluster| Cluster {
            data_cluster: *cluster,
            label: cluster.label().to_owned(),
            description: cluster.description().to_owned(),
        };
        let clusters: Vec<_> = clusters.iter().map(words).collect();
        Self::with_topics(text, &clusters, topics)
    }

    fn of_topics(text: &Text, topics: &[Topic]) -> Vec<Self> {
        let claim = |name: &String| {
            (text.member)(&format!("identity.{name}")).map_or_else(|| name.clone(), str::to_owned)
        };
        let line = |topic: &Topic| Self {
            label: topic_label(text, &topic.scope, &topic.label),
            description: topic.claims.iter().map(claim).collect::<Vec<_>>().join(", "),
        };
        topics.iter().map(line).collect()
    }
}

/// A topic's name in the consumer's language.
fn topic_label(text: &Text, scope: &str, english: &str) -> String {
    (text.member)(&format!("topic.{scope}"))
        .unwrap_or(english)
        .to_owned()
}

/// The name of a data cluster in the consumer's language.
pub(crate) fn cluster_label(text: &Text, cluster: DataCluster) -> &'static str {
    (text.cluster)(cluster).map_or(cluster.label(), |(label, _)| label)
}

/// The names of several.
pub(crate) fn cluster_labels(text: &Text, clusters: impl Iterator<Item = DataCluster>) -> String {
    let labels: Vec<_> = clusters.map(|cluster| cluster_label(text, cluster)).collect();
    labels.join(", ")
}

impl AccountLine {
    /// Under the consumer's own name for it, if there is one, and then with the bank's too.
    pub(crate) fn new(text: &Text, account: &Account, nickname: Option<&str>) -> Self {
        let category = (text.category)(account.account_category.as_deref().unwrap_or_default());
        let number = account.account_number_display.as_deref().unwrap_or_default();
        let of_the_bank = account.name.as_deref().filter(|name| !name.is_empty());
        let kind = format!("{category} {number}").trim_end().to_owned();
        match (nickname.filter(|name| !name.is_empty()), of_the_bank) {
            (Some(nickname), Some(name)) if nickname != name => Self {
                name: nickname.to_owned(),
                detail: format!("{name}, {kind}"),
            },
            (Some(name), _) | (None, Some(name)) => Self {
                name: name.to_owned(),
                detail: kind,
            },
            (None, None) => Self {
                name: category.to_owned(),
                detail: number.to_owned(),
            },
        }
    }
}

macro_rules! framed {
    ($($page:ty),* $(,)?) => {
        $(impl Framed for $page {
            fn frame(&self) -> &Frame {
                &self.frame
            }
        })*
    };
}
framed!(
    Accesses,
    Code,
    Connection,
    Connections,
    Decision,
    Error,
    Question,
    Receipt,
    SignIn
);

#[cfg(test)]
mod tests;
