//! What the bank's record of a customer says in the words of OpenID Connect (OIDC Core 5.1): the bridge to userinfo and the
//! id_token. A member of the record that is not taken here leaves by FDX alone.

use domain::{
    IdentityClaims, Instant,
    fdx::{
        Customer,
        contact::{
            CustomerName, CustomerType, DeliveryAddress, DeliveryAddressType, TelephoneNumber, TelephoneType,
        },
    },
};
use serde_json::{Map, Value};

/// The claims that the record tells, changed last at that instant; `stated` are those for which FDX has no words, or which
/// the bank words otherwise. A claim without a value is not there (OIDC Core 5.3.2).
pub fn identity(customer: &Customer, stated: &IdentityClaims, updated_at: Instant) -> IdentityClaims {
    let mut told = IdentityClaims::default();
    let mut tell = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            told.tell(name, value);
        }
    };
    tell("name", full_name(customer).map(Value::from));
    if let Some(name) = customer.name.as_ref().filter(|_| is_a_person(customer)) {
        tell(
            "given_name",
            text(name.first.as_ref().map(domain::fdx::Text::as_str)),
        );
        tell(
            "middle_name",
            text(name.middle.as_ref().map(domain::fdx::Text::as_str)),
        );
        tell(
            "family_name",
            text(name.last.as_ref().map(domain::fdx::Text::as_str)),
        );
    }
    let day_of_birth = customer.date_of_birth.map(|date| date.day().to_string());
    tell("birthdate", day_of_birth.map(Value::from));
    tell("updated_at", Some(updated_at.timestamp().into()));
    tell(
        "email",
        text(customer.emails.first().map(domain::fdx::Text::as_str)),
    );
    tell("phone_number", telephone(&customer.telephones).map(Value::from));
    tell("address", address(&customer.addresses).map(Value::Object));
    for (name, value) in stated.iter() {
        told.tell(name, value.clone());
    }
    // OIDC Core 5.1: true if it was verified, otherwise false. Whoever says nothing has not said that it was.
    for (flag, of) in [
        ("email_verified", "email"),
        ("phone_number_verified", "phone_number"),
    ] {
        if told.has(of) && !told.has(flag) {
            told.tell(flag, false.into());
        }
    }
    told
}

fn is_a_person(customer: &Customer) -> bool {
    customer.r#type != Some(CustomerType::Business)
}

fn text(value: Option<&str>) -> Option<Value> {
    value
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(Value::from)
}

/// In the order of western letters, titles and suffixes included, as `name` is for display.
fn full_name(customer: &Customer) -> Option<String> {
    let business = customer
        .business_customer
        .as_ref()
        .and_then(|business| business.name.as_ref());
    if let Some(name) = business.filter(|_| !is_a_person(customer)) {
        return Some(name.as_str().to_owned());
    }
    let CustomerName {
        first,
        middle,
        last,
        suffix,
        prefix,
        company,
    } = customer.name.as_ref()?;
    let parts: Vec<&str> = [prefix, first, middle, last, suffix]
        .into_iter()
        .flatten()
        .map(|part| part.as_str().trim())
        .filter(|part| !part.is_empty())
        .collect();
    match (parts.is_empty(), company) {
        (false, _) => Some(parts.join(" ")),
        (true, company) => company.as_ref().map(|company| company.as_str().to_owned()),
    }
}

/// The number to use, as E.164 writes it. One without its country could be anybody's, and is not told.
fn telephone(telephones: &[TelephoneNumber]) -> Option<String> {
    let written = |telephone: &TelephoneNumber| {
        let country = telephone.country.as_ref()?.as_str().trim_start_matches('+');
        let national = telephone.number.as_ref()?.as_str();
        // E.164: at most 15 digits in all.
        (country.len() + national.len() <= 15).then(|| format!("+{country}{national}"))
    };
    let mut usable: Vec<_> = telephones
        .iter()
        .filter(|telephone| telephone.r#type != Some(TelephoneType::Fax))
        .filter_map(|telephone| Some((telephone.primary != Some(true), written(telephone)?)))
        .collect();
    // Stable: the primary one, else the first.
    usable.sort_by_key(|(is_other, _)| *is_other);
    usable.into_iter().next().map(|(_, number)| number)
}

/// The address to use (OIDC Core 5.1.1): the primary one, else where they live, else the first.
fn address(addresses: &[DeliveryAddress]) -> Option<Map<String, Value>> {
    let rank = |address: &&DeliveryAddress| match (address.primary, &address.r#type) {
        (Some(true), _) => 0,
        (_, Some(DeliveryAddressType::Home)) => 1,
        _ => 2,
    };
    let address = addresses.iter().min_by_key(rank)?;
    let of = |part: &Option<domain::fdx::String64>| {
        part.as_ref()
            .map(|part| part.as_str().trim().to_owned())
            .filter(|part| !part.is_empty())
    };
    let street: Vec<String> = [&address.line1, &address.line2, &address.line3]
        .into_iter()
        .filter_map(of)
        .collect();
    let (locality, region, postal_code) = (of(&address.city), of(&address.region), of(&address.postal_code));
    let country = address
        .country
        .as_ref()
        .map(|country| country.as_str().to_owned());
    let place = [&locality, &region, &postal_code]
        .into_iter()
        .flatten()
        .cloned()
        .collect::<Vec<_>>();
    let mut lines = street.clone();
    lines.extend((!place.is_empty()).then(|| place.join(" ")));
    lines.extend(country.clone());
    let members = [
        ("formatted", Some(lines.join("\n"))),
        ("street_address", Some(street.join("\n"))),
        ("locality", locality),
        ("region", region),
        ("postal_code", postal_code),
        ("country", country),
    ];
    let members: Map<String, Value> = members
        .into_iter()
        .filter_map(|(name, value)| {
            let value = value.filter(|value| !value.is_empty())?;
            Some((name.to_owned(), value.into()))
        })
        .collect();
    (!members.is_empty()).then_some(members)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(customer: Value, stated: Value) -> Value {
        let customer: Customer = serde_json::from_value(customer).unwrap();
        let stated: IdentityClaims = serde_json::from_value(stated).unwrap();
        let at = Instant::from_timestamp(1_800_000_000, 0).unwrap();
        let mut told = serde_json::to_value(identity(&customer, &stated, at)).unwrap();
        assert_eq!(
            told.as_object_mut().unwrap().remove("updated_at"),
            Some(json!(1_800_000_000))
        );
        told
    }

    #[test]
    fn a_record_is_told_in_the_words_of_openid_connect() {
        let customer = json!({
            "customerId": "c-1", "type": "CONSUMER", "dateOfBirth": "1815-12-10", "taxId": "987-65-4320", "governmentId": "P1",
            "name": {"prefix": "Lady", "first": "Ada", "middle": "King", "last": "Lovelace"},
            "emails": ["ada@example.com", "old@example.com"],
            "telephones": [
                {"type": "HOME", "country": "+44", "number": "2079460018"},
                {"type": "FAX", "country": "1", "number": "5550109999", "primary": true},
                {"type": "PERSONAL", "country": "1", "number": "5550104477", "primary": true},
            ],
            "addresses": [
                {"line1": "PO Box 9", "city": "Dover", "type": "MAILING"},
                {"line1": "1 Main Street", "line2": "Flat 2", "city": "Springfield", "region": "IL", "postalCode": "62701",
                    "country": "US", "type": "HOME"},
            ],
        });
        assert_eq!(
            told(customer, json!({"email_verified": true, "locale": "en-US"})),
            json!({
                "name": "Lady Ada King Lovelace", "given_name": "Ada", "middle_name": "King", "family_name": "Lovelace",
                "birthdate": "1815-12-10", "locale": "en-US", "email": "ada@example.com", "email_verified": true,
                "phone_number": "+15550104477", "phone_number_verified": false,
                "address": {
                    "formatted": "1 Main Street\nFlat 2\nSpringfield IL 62701\nUS", "street_address": "1 Main Street\nFlat 2",
                    "locality": "Springfield", "region": "IL", "postal_code": "62701", "country": "US",
                },
            })
        );
    }

    #[test]
    fn what_has_no_value_is_not_told() {
        assert_eq!(told(json!({}), json!({})), json!({}));
        let little = json!({
            "name": {"first": " ", "last": "Lovelace"}, "emails": [""], "addresses": [{}, {"line1": " "}],
            "telephones": [{"number": "5550104477"}, {"country": "1"}, {"country": "123", "number": "1234567890123"}],
        });
        assert_eq!(
            told(little, json!({})),
            json!({"name": "Lovelace", "family_name": "Lovelace"})
        );
    }

    #[test]
    fn a_business_has_a_name_and_no_family() {
        let business = json!({"type": "BUSINESS", "businessCustomer": {"name": "Engines Ltd"},
            "name": {"first": "Ada", "last": "Lovelace", "company": "Engines"}});
        assert_eq!(told(business, json!({})), json!({"name": "Engines Ltd"}));
        let company = json!({"type": "BUSINESS", "name": {"company": "Engines"}});
        assert_eq!(told(company, json!({})), json!({"name": "Engines"}));
    }

    #[test]
    fn the_banks_own_wording_goes_first() {
        let customer = json!({"name": {"first": "Ada", "last": "Lovelace"}, "emails": ["a@example.com"]});
        assert_eq!(
            told(
                customer,
                json!({"name": "Countess of Lovelace", "email": "b@example.com"})
            ),
            json!({"name": "Countess of Lovelace", "given_name": "Ada", "family_name": "Lovelace", "email": "b@example.com",
                "email_verified": false})
        );
    }
}
