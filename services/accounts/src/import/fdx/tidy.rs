//! Contacts as core systems export them, brought to FDX's form.
//!
//! Only what is certain is translated: a telephone number loses its hyphens, `CELL` becomes the network that
//! FDX 6.3 made of it, a country by its letters becomes its calling code where there is no doubt.

use domain::fdx::{
    AccountContact, Customer, String64,
    contact::{TelephoneNetwork, TelephoneNumber, TelephoneType},
};

/// Reads a contact and brings it to FDX's form.
pub(super) fn contact_from_json(json: &str) -> serde_json::Result<AccountContact> {
    let mut contact: AccountContact = serde_json::from_str(json)?;
    let of_holders = contact
        .holders
        .iter_mut()
        .flat_map(|holder| &mut holder.telephones);
    of_holders.chain(&mut contact.telephones).for_each(telephone);
    Ok(contact)
}

/// Reads a customer and brings it to FDX's form.
pub(super) fn customer_from_json(json: &str) -> serde_json::Result<Customer> {
    let mut customer: Customer = serde_json::from_str(json)?;
    customer.telephones.iter_mut().for_each(telephone);
    Ok(customer)
}

fn telephone(telephone: &mut TelephoneNumber) {
    if matches!(&telephone.r#type, Some(TelephoneType::Unknown(word)) if &**word == "CELL") {
        telephone.r#type = None;
        telephone.network.get_or_insert(TelephoneNetwork::Cellular);
    }
    if let Some(number) = &telephone.number {
        let digits: String = number
            .as_str()
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')'))
            .collect();
        telephone.number = Some(String64::from(digits));
    }
    if telephone
        .country
        .as_ref()
        .is_some_and(|country| matches!(country.as_str(), "US" | "USA" | "CA" | "CAN"))
    {
        telephone.country = Some(String64::from("1"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_are_brought_to_fdxs_form() {
        let json = r#"{"holders": [{"telephones": [{"type": "CELL", "country": "US", "number": "(555) 010-4477"}]}]}"#;
        let contact = contact_from_json(json).unwrap();
        assert_eq!(contact.validate(), Ok(()));
        assert_eq!(
            serde_json::to_string(&contact.holders[0].telephones).unwrap(),
            r#"[{"country":"1","number":"5550104477","network":"CELLULAR"}]"#
        );
    }
}
