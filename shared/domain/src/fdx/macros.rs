//! The three shapes that FDX entities have, each written once: a struct of optional fields, an enumeration
//! of words, and a choice told by a tag.

/// A struct as FDX writes it: camelCase, everything optional, nulls omitted.
///
/// `Debug` prints the name alone, because entities hold what a log must not. `rules = f;` adds a check of
/// the whole to that of its fields.
macro_rules! entity {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* pub $field:ident: $type:ty, )*
        }
        $( rules = $rules:path; )?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(
                    skip_serializing_if = "crate::fdx::piece::is_absent",
                    deserialize_with = "crate::fdx::piece::null_is_absent"
                )]
                #[schema(nullable = false)]
                pub $field: $type,
            )*
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl crate::fdx::piece::Piece for $name {
            fn check(&self, faults: &mut crate::fdx::piece::Faults) {
                $( faults.inside(stringify!($field), |faults| self.$field.check(faults)); )*
                $( $rules(self, faults); )?
            }

            fn forget_unknown(&mut self) {
                $( self.$field.forget_unknown(); )*
            }
        }
    };
}

/// An enumeration of words. One that is not in the list is kept as `Unknown` when it comes in (at most 64
/// bytes) and written back when it is stored; `forget_unknown` keeps it from being emitted.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$word_meta:meta])* $word:ident = $text:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$word_meta])* #[doc = concat!("`", $text, "`")] $word, )*
            /// A word that this version of FDX does not have.
            Unknown(Box<str>),
        }

        impl $name {
            /// The word on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$word => $text, )*
                    Self::Unknown(text) => text,
                }
            }

            /// What the word means.
            pub fn from_word(word: &str) -> Self {
                match word {
                    $( $text => Self::$word, )*
                    other => Self::Unknown(other.into()),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(crate::fdx::word::WordVisitor(Self::from_word))
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                crate::fdx::word::schema(&[$($text),*])
            }
        }

        impl utoipa::ToSchema for $name {}

        impl crate::fdx::piece::Piece for $name {
            fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }
        }
    };
}

/// A choice whose variant is told by the value of one field. An unknown value is refused when it comes in:
/// what cannot be typed cannot be disclosed by rule.
macro_rules! tagged {
    (
        $(#[$meta:meta])*
        pub enum $name:ident by $tag:literal {
            $( $(#[$variant_meta:meta])* $variant:ident($type:ty) = $text:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        #[serde(tag = $tag)]
        pub enum $name {
            $( $(#[$variant_meta])* #[doc = concat!("`", $text, "`")] #[serde(rename = $text)] $variant($type), )*
        }

        impl $name {
            /// The value of the tag.
            pub const fn tag(&self) -> &'static str {
                match self { $( Self::$variant(_) => $text, )* }
            }

            /// Reads the fields of the variant that `tag` names from a whole JSON object, straight from the text, so
            /// that an error tells its line.
            ///
            /// # Errors
            /// An unknown tag, or a field of the wrong type.
            pub fn from_tagged_json(tag: &str, json: &str) -> serde_json::Result<Self> {
                match tag {
                    $( $text => serde_json::from_str(json).map(Self::$variant), )*
                    _ => Err(serde::de::Error::custom(concat!("unknown ", $tag))),
                }
            }
        }

        impl crate::fdx::piece::Piece for $name {
            fn check(&self, faults: &mut crate::fdx::piece::Faults) {
                match self { $( Self::$variant(piece) => piece.check(faults), )* }
            }

            fn forget_unknown(&mut self) {
                match self { $( Self::$variant(piece) => piece.forget_unknown(), )* }
            }
        }
    };
}
