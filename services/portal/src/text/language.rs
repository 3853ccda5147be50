//! Which language a page is in.

use actix_web::{HttpRequest, http::header::ACCEPT_LANGUAGE};

use super::{Text, en, es, fr};

/// The languages that there are texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Language {
    #[default]
    English,
    Spanish,
    French,
}

/// Longest list of languages that is looked at, bytes.
const LONGEST: usize = 512;

impl Language {
    /// Every one.
    pub(crate) const ALL: [Self; 3] = [Self::English, Self::Spanish, Self::French];

    /// Its texts.
    pub(crate) const fn text(self) -> &'static Text {
        match self {
            Self::English => &en::TEXT,
            Self::Spanish => &es::TEXT,
            Self::French => &fr::TEXT,
        }
    }

    /// The language of a BCP 47 tag, whatever its region.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        match tag.trim().split('-').next()?.to_ascii_lowercase().as_str() {
            "en" => Some(Self::English),
            "es" => Some(Self::Spanish),
            "fr" => Some(Self::French),
            _ => None,
        }
    }

    /// The first of these that we have (`ui_locales`).
    pub(crate) fn of_locales(locales: &[String]) -> Option<Self> {
        locales.iter().find_map(|locale| Self::of_tag(locale))
    }

    /// The one that the browser likes best of those that we have; English when it names none of them.
    pub(crate) fn accepted(request: &HttpRequest) -> Self {
        let header = request
            .headers()
            .get(ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        header
            .filter(|header| header.len() <= LONGEST)
            .and_then(Self::best_of)
            .unwrap_or_default()
    }

    fn best_of(header: &str) -> Option<Self> {
        let mut best = None;
        for range in header.split(',') {
            let (tag, weight) = match range.split_once(";q=") {
                Some((tag, weight)) => (tag, weight.trim().parse().unwrap_or(0.0)),
                None => (range, 1.0_f32),
            };
            let better = best.is_none_or(|(_, most)| weight > most) && weight > 0.0;
            if let Some(language) = Self::of_tag(tag).filter(|_| better) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_that_we_have_is_taken() {
        for (header, language) in [
            ("fr-CA, en;q=0.9", Some(Language::French)),
            ("de, es;q=0.5, en;q=0.4", Some(Language::Spanish)),
            ("en;q=0.1,FR;q=0.2", Some(Language::French)),
            ("es;q=0", None),
            ("*", None),
            ("", None),
            (";q=,;;q=x", None),
        ] {
            assert_eq!(Language::best_of(header), language, "{header}");
        }
        assert_eq!(
            Language::of_locales(&["de".into(), "es-MX".into()]),
            Some(Language::Spanish)
        );
    }
}
