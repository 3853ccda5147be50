//! One SQL statement as a type: its text, its binds and the columns that come back.
//!
//! Everything this crate asks the database is written with [`statement!`]. It is plain SQL, since most of
//! what we ask is a conditional update or a `WITH` that no builder says better; its binds and columns are
//! typed; and it is prepared once per connection, which `diesel::sql_query` never does.

/// What a statement says, as Postgres gets it: for looking at its plan.
pub(crate) trait Text {
    /// The text with `$1`, `$2`, ... for its binds, and their number.
    fn text() -> (String, usize);
}

/// Declares a statement type.
///
/// ```ignore
/// statement! {
///     /// The version of a client.
///     Version -> (Integer) ;
///     "SELECT version FROM clients WHERE client_id = " (client_id: Text = &'a str)
/// }
/// let version: Option<i32> = Version { client_id: "a" }.get_result(connection).optional()?;
/// ```
/// Each bind stands in the text where it is declared, once. A lifetime `'a` is in scope for borrowed binds.
macro_rules! statement {
    (
        $(#[$doc:meta])*
        $name:ident -> $columns:ty ;
        $start:literal $( ($field:ident : $sql:ty = $rust:ty) $text:literal )*
    ) => {
        $(#[$doc])*
        pub(crate) struct $name<'a> {
            $(pub(crate) $field: $rust,)*
            pub(crate) _lifetime: std::marker::PhantomData<&'a ()>,
        }

        impl<'a> $name<'a> {
            #[allow(clippy::allow_attributes, reason = "whether the next line applies depends on the statement")]
            #[allow(clippy::too_many_arguments, reason = "a statement has as many binds as its SQL needs")]
            pub(crate) fn new($($field: $rust),*) -> Self {
                Self { $($field,)* _lifetime: std::marker::PhantomData }
            }
        }

        impl crate::statement::Text for $name<'_> {
            #[allow(clippy::allow_attributes, reason = "whether the next line applies depends on the statement")]
            #[allow(unused_mut, unused_assignments, unused_variables, reason = "a statement may have no bind")]
            fn text() -> (String, usize) {
                let (mut text, mut binds) = (String::from($start), 0);
                $(
                    binds += 1;
                    let _ = stringify!($field);
                    text.push_str(&format!("${binds}"));
                    text.push_str($text);
                )*
                (text, binds)
            }
        }

        impl diesel::query_builder::QueryId for $name<'_> {
            // The text is the same whatever the binds, so the prepared statement is kept by the type.
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = $columns;
        }

        impl diesel::RunQueryDsl<diesel::PgConnection> for $name<'_> {}

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name<'_> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                out.push_sql($start);
                $(
                    out.push_bind_param::<$sql, _>(&self.$field)?;
                    out.push_sql($text);
                )*
                Ok(())
            }
        }
    };
}

pub(crate) use statement;
