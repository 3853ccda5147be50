//! `INVPOS`: a position of an investment statement.

use domain::fdx::{
    CurrencyCode, String255, Text,
    account::{Holding, HoldingType, PositionType, SecurityId, SubAccount},
    money::Currency,
};

use super::{
    security_list::{SecurityList, SecurityRef},
    tree::Element,
};
use crate::import::Malformed;

/// Reads a `POSSTOCK`, `POSMF`, `POSDEBT`, `POSOPT` or `POSOTHER`.
pub(crate) fn read(
    element: &Element,
    securities: &SecurityList,
    currency: &CurrencyCode,
) -> Result<Holding, Malformed> {
    let position = element.required("INVPOS")?;
    let reference = SecurityRef::read(position)?;
    let listed = securities.find(&reference);
    let holding_type = listed.map_or_else(|| by_element(&element.name), |listed| listed.holding_type.clone());
    let own_currency = position
        .child("CURRENCY")
        .map(|own| own.required_currency("CURSYM"))
        .transpose()?;
    Ok(Holding {
        security_ids: vec![SecurityId {
            id: Some(reference.id()),
            id_type: reference.list(),
        }],
        holding_name: listed.and_then(|listed| listed.name.clone()),
        holding_type: Some(holding_type),
        position_type: match position.text("POSTYPE").as_deref() {
            Some("LONG") => Some(PositionType::Long),
            Some("SHORT") => Some(PositionType::Short),
            _ => None,
        },
        held_in_account: position.text("HELDINACCT").and_then(|part| sub_account(&part)),
        description: position
            .text("MEMO")
            .map(|memo| Text::from(String255::cut(&memo).as_str())),
        symbol: listed.and_then(|listed| listed.symbol.clone()),
        current_unit_price: position.amount("UNITPRICE")?,
        current_unit_price_date: position.day("DTPRICEASOF")?,
        units: position.amount("UNITS")?,
        market_value: position.amount("MKTVAL")?,
        currency: Some(Currency {
            currency_code: Some(own_currency.unwrap_or_else(|| currency.clone())),
            ..Currency::default()
        }),
        security: listed.map(|listed| Box::new(listed.security.clone())),
        ..Holding::default()
    })
}

fn by_element(name: &str) -> HoldingType {
    match name {
        "POSSTOCK" => HoldingType::Stock,
        "POSMF" => HoldingType::MutualFund,
        "POSDEBT" => HoldingType::Bond,
        "POSOPT" => HoldingType::Option,
        _ => HoldingType::Other,
    }
}

/// A part of an account.
pub(crate) fn sub_account(word: &str) -> Option<SubAccount> {
    match SubAccount::from_word(&word.to_ascii_uppercase()) {
        SubAccount::Unknown(_) => None,
        known => Some(known),
    }
}
