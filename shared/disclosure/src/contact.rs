//! Which fields of holders and their contact are let out.

use domain::fdx::{
    AccountContact, String64,
    contact::{AccountHolder, BusinessCustomer},
    piece::Piece,
};

use super::{Allowed, Disclosed, let_out};

/// The contact of an account; `None` without CUSTOMER_CONTACT.
pub fn contact(contact: AccountContact, allowed: &Allowed) -> Option<Disclosed<AccountContact>> {
    let mut contact = let_out!(allowed, contact => AccountContact {
        contact: [holders, emails, addresses, telephones],
    });
    contact.holders = contact
        .holders
        .into_iter()
        .map(|of| holder(of, allowed))
        .collect();
    contact.forget_unknown();
    allowed.contact().then_some(Disclosed(contact))
}

fn holder(holder: AccountHolder, allowed: &Allowed) -> AccountHolder {
    let mut holder = let_out!(allowed, holder => AccountHolder {
        contact: [
            relationship, customer_id, r#type, name, business_customer, customer_start_date, last_activity_date,
            emails, addresses, telephones,
        ],
        personal: [date_of_birth, tax_id, tax_id_country, government_id],
        // They name other accounts of the consumer, which this grant may not cover.
        never: [accounts],
    });
    holder.business_customer = holder
        .business_customer
        .map(|business| of_business(business, allowed));
    if !allowed.social_security_number() {
        holder.tax_id = holder.tax_id.map(|tax_id| masked(&tax_id));
    }
    holder
}

fn of_business(business: BusinessCustomer, allowed: &Allowed) -> BusinessCustomer {
    let_out!(allowed, business => BusinessCustomer {
        contact: [name, registered_agents, industry_code, domicile],
        personal: [registered_id],
    })
}

/// The last four letters of a tax id; none of one that is too short to keep the rest hidden.
fn masked(tax_id: &String64) -> String64 {
    let letters: Vec<char> = tax_id
        .as_str()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let tail: String = if letters.len() >= 8 {
        letters.iter().skip(letters.len() - 4).collect()
    } else {
        String::new()
    };
    String64::from(format!("*****{tail}"))
}
