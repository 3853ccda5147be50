//! Distinguished names: read from certificates and from registrations, compared, and written for people.
//!
//! The rule by which two names are the same (M08, for `tls_client_auth_subject_dn`):
//!
//! * the same number of relative names, in the same order;
//! * within one relative name, the same attributes, in any order (it is a set);
//! * an attribute is the same when its type is the same object identifier, however it was spelt, and its
//!   value the same characters, whichever ASN.1 string type holds them. Case, spaces and Unicode forms all
//!   count: nothing is folded, so nobody's name is another's.
//!
//! A whole name is compared with a whole name, never text with text and never a part.

use std::fmt::{self, Write as _};

mod attribute;
mod parse;
mod value;

pub use parse::InvalidName;
use value::Value;

use crate::der;

/// Relative names in a name, and attributes in a relative name. Public registries stay under ten and two.
const MAX_RELATIVE_NAMES: usize = 32;
const MAX_ATTRIBUTES: usize = 8;

/// A distinguished name, most significant part first, as it is encoded. `Display` writes RFC 4514.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistinguishedName(Vec<RelativeName>);

/// A set: kept in order, so that equality does not depend on how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RelativeName(Vec<Attribute>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Attribute {
    /// Dotted decimals.
    object_identifier: String,
    value: Value,
}

impl DistinguishedName {
    /// Reads what an operator or a client registered: RFC 4514, most specific part first.
    ///
    /// Types may be spelt as there, by the usual names of certificate authorities (`serialNumber`,
    /// `organizationIdentifier`, `jurisdictionCountryName`, ...) or as dotted decimals; values may be
    /// written as `#hex`. Spaces round `,`, `+` and `=` are not part of anything. At most 2,048 bytes.
    ///
    /// # Errors
    /// [`InvalidName`] for what is not such text, is empty, or holds an empty value or a control character.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        parse::name(text)
    }

    /// Reads a DER `Name`. `None` when it is not one, or is beyond the limits above.
    pub(crate) fn from_der(name: &[u8]) -> Option<Self> {
        let mut relative_names = der::only(name, der::SEQUENCE)?;
        let mut names = Vec::new();
        while !relative_names.is_empty() {
            let mut set = der::take_tagged(&mut relative_names, der::SET)?;
            let mut attributes = Vec::new();
            while !set.is_empty() {
                let mut pair = der::take_tagged(&mut set, der::SEQUENCE)?;
                let object_identifier = der::dotted(der::take_tagged(&mut pair, der::OBJECT_IDENTIFIER)?)?;
                attributes.push(Attribute {
                    object_identifier,
                    value: Value::from_der(pair)?,
                });
            }
            names.push(RelativeName::new(attributes)?);
        }
        Self::new(names)
    }

    fn new(names: Vec<RelativeName>) -> Option<Self> {
        (names.len() <= MAX_RELATIVE_NAMES).then_some(Self(names))
    }
}

impl RelativeName {
    fn new(mut attributes: Vec<Attribute>) -> Option<Self> {
        attributes.sort();
        (1..=MAX_ATTRIBUTES)
            .contains(&attributes.len())
            .then_some(Self(attributes))
    }
}

/// Printable ASCII only: all else is escaped byte by byte, so the text is safe in a log and on a page (M13).
impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, relative) in self.0.iter().rev().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            for (
                index,
                Attribute {
                    object_identifier,
                    value,
                },
            ) in relative.0.iter().enumerate()
            {
                if index > 0 {
                    f.write_char('+')?;
                }
                match attribute::short_name(object_identifier) {
                    Some(short) => write!(f, "{short}={value}")?,
                    // RFC4514-2.4: a value under a dotted type is written as hex.
                    None => write!(f, "{object_identifier}={}", value.as_hex())?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relative names of a name, each of (identifier content, tag, value).
    type Parts<'a> = &'a [&'a [(&'a [u8], u8, &'a [u8])]];

    fn encoded(relative_names: Parts<'_>) -> Vec<u8> {
        let mut all = Vec::new();
        for attributes in relative_names {
            let mut set = Vec::new();
            for (identifier, tag, value) in *attributes {
                let pair = [
                    der::encode(der::OBJECT_IDENTIFIER, identifier),
                    der::encode(*tag, value),
                ]
                .concat();
                set.extend(der::encode(der::SEQUENCE, &pair));
            }
            all.extend(der::encode(der::SET, &set));
        }
        der::encode(der::SEQUENCE, &all)
    }

    const C: &[u8] = &[0x55, 4, 6];
    const O: &[u8] = &[0x55, 4, 10];
    const OU: &[u8] = &[0x55, 4, 11];
    const CN: &[u8] = &[0x55, 4, 3];
    const UTF8: u8 = 0x0c;
    const PRINTABLE: u8 = 0x13;
    const BMP: u8 = 0x1e;

    fn read(relative_names: Parts<'_>) -> DistinguishedName {
        DistinguishedName::from_der(&encoded(relative_names)).unwrap()
    }

    fn registered(text: &str) -> DistinguishedName {
        DistinguishedName::parse(text).unwrap()
    }

    #[test]
    fn m08_the_text_names_the_most_specific_part_first() {
        let name = read(&[
            &[(C, PRINTABLE, b"US")],
            &[(O, UTF8, b"Budget")],
            &[(CN, UTF8, b"client")],
        ]);
        assert_eq!(name.to_string(), "CN=client,O=Budget,C=US");
        assert_eq!(name, registered("CN=client,O=Budget,C=US"));
        assert_eq!(name, registered("cn = client, o = Budget, 2.5.4.6=US"));
    }

    #[test]
    fn m08_another_order_is_another_name() {
        let name = read(&[
            &[(C, UTF8, b"US")],
            &[(O, UTF8, b"Budget")],
            &[(CN, UTF8, b"client")],
        ]);
        assert_ne!(name, registered("C=US,O=Budget,CN=client"));
    }

    #[test]
    fn m08_a_part_of_a_name_is_another_name() {
        let name = read(&[&[(O, UTF8, b"Budget")], &[(CN, UTF8, b"client")]]);
        for text in [
            "CN=client",
            "O=Budget",
            "CN=client,O=Budget,C=US",
            "CN=clien,O=Budget",
            "CN=client,O=Budget\\00",
        ] {
            assert_ne!(DistinguishedName::parse(text).as_ref(), Ok(&name), "{text}");
        }
    }

    #[test]
    fn m08_several_attributes_in_one_part_are_a_set_and_not_two_parts() {
        let together = read(&[&[(OU, UTF8, b"pay"), (CN, UTF8, b"client")]]);
        let swapped = read(&[&[(CN, UTF8, b"client"), (OU, UTF8, b"pay")]]);
        let apart = read(&[&[(OU, UTF8, b"pay")], &[(CN, UTF8, b"client")]]);
        assert_eq!(together, swapped);
        assert_ne!(together, apart);
        assert_eq!(together, registered("CN=client+OU=pay"));
        assert_eq!(together, registered("OU=pay+CN=client"));
        assert_ne!(together, registered("CN=client,OU=pay"));
    }

    #[test]
    fn m08_the_string_type_does_not_count_and_the_characters_do() {
        let bmp: Vec<u8> = "Zürich".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let name = read(&[&[(CN, BMP, &bmp)]]);
        assert_eq!(name, read(&[&[(CN, UTF8, "Zürich".as_bytes())]]));
        assert_eq!(name, registered("CN=Zürich"));
        assert_eq!(name, registered("CN=Z\\C3\\BCrich"));
        assert_ne!(name, registered("CN=zürich"));
        // The same look, other characters: u and a combining diaeresis.
        assert_ne!(name, registered("CN=Zu\u{308}rich"));
    }

    #[test]
    fn m08_an_escaped_comma_separates_nothing() {
        let name = read(&[&[(CN, UTF8, b"client,O=Bank")]]);
        assert_eq!(name.to_string(), "CN=client\\,O=Bank");
        assert_eq!(name, registered("CN=client\\,O=Bank"));
        assert_eq!(name, registered("CN=client\\2cO\\=Bank"));
        assert_ne!(name, registered("CN=client,O=Bank"));
    }

    #[test]
    fn m08_a_type_without_a_short_name_is_written_and_read_as_hex() {
        let other: &[u8] = &[0x2a, 0x03, 0x04];
        let name = read(&[&[(other, UTF8, b"x")]]);
        assert_eq!(name.to_string(), "1.2.3.4=#0c0178");
        assert_eq!(name, registered("1.2.3.4=#0C0178"));
        assert_eq!(name, registered("1.2.3.4=x"));
    }

    #[test]
    fn m13_what_could_deceive_an_eye_or_a_log_is_escaped() {
        let tricky = "ok\0\r\n\u{202e}drowssap\u{200b}\u{1b}[2J<b>\"";
        let text = read(&[&[(CN, UTF8, tricky.as_bytes())]]).to_string();
        assert!(text.bytes().all(|byte| (0x20..0x7f).contains(&byte)), "{text}");
        assert!(
            text.starts_with("CN=ok\\00\\0D\\0A\\E2\\80\\AEdrowssap\\E2\\80\\8B\\1B[2J\\<b\\>\\\""),
            "{text}"
        );
    }

    #[test]
    fn m13_spaces_and_hashes_at_the_edges_survive() {
        for value in [" a ", "#a", " ", "  ", "a\\ b", "a+b;c=d"] {
            let name = read(&[&[(CN, UTF8, value.as_bytes())]]);
            assert_eq!(name, registered(&name.to_string()), "{name}");
        }
    }

    #[test]
    fn what_is_no_name_is_not_read() {
        for bytes in [
            &b""[..],
            &[0x30, 1],
            &[0x30, 2, 0x31, 0],
            &[0x31, 0],
            &[0x30, 4, 0x31, 2, 0x30, 0],
        ] {
            assert_eq!(DistinguishedName::from_der(bytes), None, "{bytes:?}");
        }
        let part: &[(&[u8], u8, &[u8])] = &[(OU, UTF8, b"x")];
        assert!(DistinguishedName::from_der(&encoded(&[part; 32])).is_some());
        assert!(DistinguishedName::from_der(&encoded(&[part; 33])).is_none());
    }
}
