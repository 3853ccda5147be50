//! The texts of all lists, for the test that looks at their plans.

use crate::{
    accesses, approvals, consent_lists, due, grants, history, holders, snapshots, statement::Text,
    user_consents,
};

/// A list, as Postgres gets it.
#[derive(Debug)]
pub struct List {
    /// What it is called here.
    pub name: &'static str,
    /// Its text, with `$1`, `$2`, ... for its binds.
    pub text: String,
    /// How many binds.
    pub binds: usize,
}

fn list<S: Text>(name: &'static str) -> List {
    let (text, binds) = S::text();
    List { name, text, binds }
}

/// Every list of consents and of what belongs to them.
pub fn all() -> Vec<List> {
    vec![
        list::<consent_lists::List<'_>>("consents of a consumer"),
        list::<consent_lists::ListLiving<'_>>("living consents of a consumer"),
        list::<due::ListDue<'_>>("consents that time has changed"),
        list::<grants::FindMany<'_>>("consents by their ids"),
        list::<accesses::List<'_>>("accesses of a consent"),
        list::<approvals::List<'_>>("approvals of a consent"),
        list::<history::List<'_>>("history of a consent"),
        list::<history::ListAfter<'_>>("history of a consent, page by page"),
        list::<history::Page<'_>>("history of all consents"),
        list::<snapshots::Of<'_>>("consents as they stand"),
        list::<snapshots::Page<'_>>("ids of all consents"),
        list::<user_consents::Find<'_>>("a consent as its consumer sees it"),
        list::<user_consents::Story<'_>>("what happened to a consent, and its last read"),
        list::<holders::List<'_>>("accounts of a consumer"),
    ]
}
