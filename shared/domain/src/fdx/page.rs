//! How lists are paged and linked.

use super::{piece::Faults, text::Text};

entity! {
    /// Where the neighbours of a page are (FDX `PageMetadata`).
    ///
    /// Keys are sealed: a caller can hand one back and learns nothing from it. FDX 6 says `nextPageKey`;
    /// the offsets are its older names for the same thing and carry the same keys.
    pub struct PageMetadata {
        /// Asks for the next page; absent on the last.
        pub next_page_key: Option<Text>,
        /// Asks for the page before; absent on the first.
        pub previous_page_key: Option<Text>,
        /// Elements of the whole list, where the provider counts them.
        pub total_elements: Option<i64>,
        /// Older name of `nextPageKey`.
        pub next_offset: Option<Text>,
        /// Older name of `previousPageKey`.
        pub prev_offset: Option<Text>,
    }
}

entity! {
    /// The neighbours of a page as links.
    pub struct PageLinks {
        /// The next page; absent on the last.
        pub next: Option<HateoasLink>,
        /// The page before; absent on the first.
        pub prev: Option<HateoasLink>,
    }
}

entity! {
    /// A link to follow (FDX `HateoasLink`).
    pub struct HateoasLink {
        /// Where to; absolute, or relative to the service's base.
        #[schema(required = true)]
        pub href: Text,
        /// The method to use.
        pub action: Option<LinkAction>,
        /// What the target is to this resource.
        pub rel: Option<Text>,
        /// Content types that the target can be had in.
        pub types: Vec<ContentType>,
    }
    rules = link_leads_somewhere;
}

fn link_leads_somewhere(link: &HateoasLink, faults: &mut Faults) {
    faults.inside("href", |faults| {
        faults.require(!link.href.as_str().is_empty(), "is required")
    });
}

impl HateoasLink {
    /// A link that is read with GET.
    pub fn get(href: impl Into<Text>) -> Self {
        Self {
            href: href.into(),
            action: Some(LinkAction::Get),
            ..Self::default()
        }
    }
}

words! {
    /// The method of a link.
    pub enum LinkAction {
        Delete = "DELETE",
        Get = "GET",
        Patch = "PATCH",
        Post = "POST",
        Put = "PUT",
    }
}

words! {
    /// A content type that FDX names (`ContentTypes`).
    pub enum ContentType {
        Json = "application/json",
        Pdf = "application/pdf",
        Zip = "application/zip",
        Gif = "image/gif",
        Jpeg = "image/jpeg",
        Png = "image/png",
        Tiff = "image/tiff",
    }
}
