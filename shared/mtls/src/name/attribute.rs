//! The names by which people call attribute types.

/// Dotted identifier, the name that is written, and other names that are read (in any case).
///
/// The first nine are those of RFC4514-3, which every reader must know; the others are common in
/// certificates of companies (ETSI EN 319 412-1, CA/Browser Forum).
const TYPES: &[(&str, &str, &[&str])] = &[
    ("2.5.4.3", "CN", &["commonName"]),
    ("2.5.4.7", "L", &["localityName"]),
    ("2.5.4.8", "ST", &["stateOrProvinceName", "S"]),
    ("2.5.4.10", "O", &["organizationName"]),
    ("2.5.4.11", "OU", &["organizationalUnitName"]),
    ("2.5.4.6", "C", &["countryName"]),
    ("2.5.4.9", "STREET", &["streetAddress"]),
    ("0.9.2342.19200300.100.1.25", "DC", &["domainComponent"]),
    ("0.9.2342.19200300.100.1.1", "UID", &["userId"]),
    ("2.5.4.4", "SN", &["surname"]),
    ("2.5.4.5", "serialNumber", &[]),
    ("2.5.4.12", "title", &[]),
    ("2.5.4.15", "businessCategory", &[]),
    ("2.5.4.17", "postalCode", &[]),
    ("2.5.4.42", "givenName", &["GN"]),
    ("2.5.4.97", "organizationIdentifier", &[]),
    ("1.2.840.113549.1.9.1", "emailAddress", &["E"]),
    (
        "1.3.6.1.4.1.311.60.2.1.1",
        "jurisdictionL",
        &["jurisdictionLocalityName"],
    ),
    (
        "1.3.6.1.4.1.311.60.2.1.2",
        "jurisdictionST",
        &["jurisdictionStateOrProvinceName"],
    ),
    (
        "1.3.6.1.4.1.311.60.2.1.3",
        "jurisdictionC",
        &["jurisdictionCountryName"],
    ),
];

/// The name that is written for this identifier, if it has one.
pub(super) fn short_name(object_identifier: &str) -> Option<&'static str> {
    TYPES
        .iter()
        .find(|(dotted, ..)| *dotted == object_identifier)
        .map(|(_, short, _)| *short)
}

/// The dotted identifier of a type, by any of its names or by itself.
pub(super) fn object_identifier(text: &str) -> Option<String> {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return is_dotted(text).then(|| text.to_owned());
    }
    TYPES
        .iter()
        .find(|(_, short, others)| {
            short.eq_ignore_ascii_case(text) || others.iter().any(|other| other.eq_ignore_ascii_case(text))
        })
        .map(|(dotted, ..)| (*dotted).to_owned())
}

/// At least two numbers without leading zeros: what has one spelling compares as text.
fn is_dotted(text: &str) -> bool {
    text.contains('.')
        && text.len() <= 128
        && text.split('.').all(|number| {
            number == "0"
                || (!number.is_empty()
                    && !number.starts_with('0')
                    && number.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_by_all_its_names() {
        for name in ["CN", "cn", "commonName", "2.5.4.3"] {
            assert_eq!(object_identifier(name).as_deref(), Some("2.5.4.3"), "{name}");
        }
        for name in [
            "",
            "XX",
            "2",
            "2.",
            ".5",
            "2..5",
            "2.05.4.3",
            "2.5.4.3 ",
            "OID.2.5.4.3",
        ] {
            assert_eq!(object_identifier(name), None, "{name}");
        }
    }
}
