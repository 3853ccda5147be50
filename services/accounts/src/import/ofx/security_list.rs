//! `SECLIST`: the securities that the statements of a file speak of.

use std::collections::HashMap;

use domain::fdx::{
    Piece, String64, Text,
    account::{
        CouponFrequency, DebtClass, DebtSecurity, DebtType, HoldingType, MutualFundSecurity, MutualFundType,
        OptionSecurity, OptionType, OtherSecurity, Security, SecurityIdType, StockSecurity, StockType,
    },
    transaction::SecurityType,
};

use super::tree::Element;
use crate::import::{Malformed, limits::ELEMENTS};

/// The securities of a file, by their ids.
pub(crate) struct SecurityList(HashMap<(String, String), Listed>);

/// A security.
#[derive(Clone)]
pub(crate) struct Listed {
    pub(crate) name: Option<Text>,
    pub(crate) symbol: Option<String64>,
    pub(crate) holding_type: HoldingType,
    pub(crate) security_type: SecurityType,
    pub(crate) security: Security,
}

/// The id of a security: its list and its id there.
pub(crate) struct SecurityRef {
    pub(crate) id: String,
    pub(crate) id_type: String,
}

impl SecurityRef {
    /// Reads the `SECID` of an element.
    pub(crate) fn read(element: &Element) -> Result<Self, Malformed> {
        let id = element.required("SECID")?;
        Ok(Self {
            id: id.required_text("UNIQUEID")?,
            id_type: id.text("UNIQUEIDTYPE").unwrap_or_default().to_ascii_uppercase(),
        })
    }

    /// The id, as FDX has it.
    pub(crate) fn id(&self) -> String64 {
        String64::cut(&self.id)
    }

    /// The list, if FDX knows it.
    pub(crate) fn list(&self) -> Option<SecurityIdType> {
        known(SecurityIdType::from_word(&self.id_type))
    }
}

impl SecurityList {
    /// Reads the security lists of a file; there may be none.
    pub(crate) fn read(root: &Element) -> Result<Self, Malformed> {
        let mut securities = HashMap::new();
        let lists = root.all("SECLISTMSGSRSV1").flat_map(|set| set.all("SECLIST"));
        for element in lists.flat_map(|list| &list.children).take(ELEMENTS) {
            let Some(info) = element.child("SECINFO") else {
                continue;
            };
            let reference = SecurityRef::read(info)?;
            let (holding_type, security_type, security) = particulars(element)?;
            let listed = Listed {
                name: info.text("SECNAME").map(|name| Text::cut(&name)),
                symbol: info.text("TICKER").map(|ticker| String64::cut(&ticker)),
                holding_type,
                security_type,
                security,
            };
            securities.insert((reference.id_type, reference.id), listed);
        }
        Ok(Self(securities))
    }

    /// The security of that id.
    pub(crate) fn find(&self, reference: &SecurityRef) -> Option<&Listed> {
        self.0.get(&(reference.id_type.clone(), reference.id.clone()))
    }
}

fn particulars(element: &Element) -> Result<(HoldingType, SecurityType, Security), Malformed> {
    let word = |name: &str| element.text(name).unwrap_or_default().to_ascii_uppercase();
    Ok(match element.name.as_str() {
        "STOCKINFO" => (
            HoldingType::Stock,
            SecurityType::Stock,
            Security::Stock(StockSecurity {
                stock_type: known(StockType::from_word(&word("STOCKTYPE"))),
                current_yield: element.amount("YIELD")?,
                yield_as_of_date: element.day("DTYIELDASOF")?,
                ..StockSecurity::default()
            }),
        ),
        "MFINFO" => (
            HoldingType::MutualFund,
            SecurityType::MutualFund,
            Security::MutualFund(MutualFundSecurity {
                mutual_fund_type: known(MutualFundType::from_word(&word("MFTYPE"))),
                current_yield: element.amount("YIELD")?,
                yield_as_of_date: element.day("DTYIELDASOF")?,
                ..MutualFundSecurity::default()
            }),
        ),
        "DEBTINFO" => (
            HoldingType::Bond,
            SecurityType::Bond,
            Security::Debt(DebtSecurity {
                par_value: element.amount("PARVALUE")?,
                debt_type: known(DebtType::from_word(&word("DEBTTYPE"))),
                debt_class: known(DebtClass::from_word(&word("DEBTCLASS"))),
                coupon_rate: element.amount("COUPONRT")?,
                coupon_date: element.day("DTCOUPON")?,
                coupon_mature_frequency: known(CouponFrequency::from_word(&word("COUPONFREQ"))),
                call_price: element.amount("CALLPRICE")?,
                yield_to_call: element.amount("YIELDTOCALL")?,
                call_date: element.day("DTCALL")?,
                yield_to_maturity: element.amount("YIELDTOMAT")?,
                bond_maturity_date: element.day("DTMAT")?,
                ..DebtSecurity::default()
            }),
        ),
        "OPTINFO" => (
            HoldingType::Option,
            SecurityType::Option,
            Security::Option(OptionSecurity {
                option_type: known(OptionType::from_word(&word("OPTTYPE"))),
                strike_price: element.amount("STRIKEPRICE")?,
                expire_date: element.day("DTEXPIRE")?,
                shares_per_contract: element.amount("SHPERCTRCT")?,
                ..OptionSecurity::default()
            }),
        ),
        _ => (
            HoldingType::Other,
            SecurityType::Other,
            Security::Other(OtherSecurity {
                type_description: element.text("TYPEDESC").map(|text| Text::cut(&text)),
            }),
        ),
    })
}

/// A word of OFX where FDX has the same.
fn known<T: Piece>(word: T) -> Option<T> {
    (!word.is_unknown()).then_some(word)
}
