//! An account: what all have in common, and what its category adds.

mod annuity;
mod buy_now_pay_later;
mod commercial;
mod common;
mod deposit;
mod descriptor;
mod digital_wallet;
mod holding;
mod insurance;
mod investment;
mod investment_plan;
mod kind;
mod line_of_credit;
mod loan;
mod security;

use serde::{Deserialize, Serialize};

pub use annuity::{AnnuityAccount, AnnuityPayoutType, AnnuityProductType, PeriodCertain};
pub use buy_now_pay_later::BuyNowPayLaterAccount;
pub use commercial::{CommercialAccount, CommercialBalance, CommercialCode, CommercialCodeType};
pub use common::{AccountCommon, BalanceType, BillPayStatus, LineOfBusinessType};
pub use deposit::{DepositAccount, FundingSource};
pub use descriptor::{AccountDescriptor, AccountStatus, LightweightAccount};
pub use digital_wallet::DigitalWallet;
pub use holding::{
    AssetClass, AssetClassPortion, FiAssetClassPortion, Holding, HoldingSubType, HoldingType, Inv401kSource,
    PositionType, SecurityId, SecurityIdType, SubAccount, TaxLot,
};
pub use insurance::{InsuranceAccount, PolicyPremiumTerm, PolicyStatus};
pub use investment::{
    BalanceValueType, InvestmentAccount, InvestmentBalance, OpenOrder, OrderDuration, OrderType, UnitType,
};
pub use investment_plan::{Contribution, InvestmentLoan, LoanPaymentFrequency, PensionSource, Vesting};
pub use kind::AccountType;
pub use line_of_credit::{CardArt, LineOfCreditAccount};
pub use loan::LoanAccount;
pub use security::{
    CallType, CouponFrequency, DebtClass, DebtSecurity, DebtType, MutualFundSecurity, MutualFundType,
    OptionSecurity, OptionType, OtherSecurity, Secured, Security, StockSecurity, StockType, SweepSecurity,
};

use super::piece::{Fault, Faults, Piece};

/// An account of a consumer as the bank knows it (FDX `AccountWithDetails`).
///
/// On the wire one flat object, in which `accountCategory` tells which of the nine kinds it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Account {
    /// What names it; the whole of the lightweight form.
    #[serde(flatten)]
    pub descriptor: AccountDescriptor,
    /// What every account may have.
    #[serde(flatten)]
    pub common: AccountCommon,
    /// What its category adds.
    #[serde(flatten)]
    pub detail: AccountDetail,
}

impl Account {
    /// Reads an account as it comes in, so that an error tells the line that is wrong.
    ///
    /// The text is read once for each part, every part skipping what is not its own. serde's own way with
    /// flattened and tagged types is a little faster, which is why what is stored is read with it, but copies
    /// all fields first and has forgotten their lines when one of them does not fit.
    ///
    /// # Errors
    /// Where the text is no JSON object or a field has the wrong type.
    pub fn from_json(json: &str) -> serde_json::Result<Self> {
        Ok(Self {
            descriptor: serde_json::from_str(json)?,
            common: serde_json::from_str(json)?,
            detail: AccountDetail::from_tagged_json(&category_in(json)?, json)?,
        })
    }

    /// Checks an account as it comes in.
    ///
    /// # Errors
    /// What FDX's rules say against it, and what we cannot do without: an `accountId`.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Faults::default();
        self.descriptor.check(&mut faults);
        self.common.check(&mut faults);
        self.detail.check(&mut faults);
        faults.into_result()
    }

    /// Drops every word that this version of FDX does not have.
    pub fn forget_unknown(&mut self) {
        self.descriptor.forget_unknown();
        self.common.forget_unknown();
        self.detail.forget_unknown();
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("category", &self.detail.tag())
            .finish_non_exhaustive()
    }
}

/// The value of `accountCategory` in a JSON object.
pub(crate) fn category_in(json: &str) -> serde_json::Result<String> {
    #[derive(Deserialize)]
    struct Tag {
        #[serde(rename = "accountCategory")]
        category: String,
    }
    serde_json::from_str::<Tag>(json).map(|tag| tag.category)
}

tagged! {
    /// What the category of an account adds to it.
    pub enum AccountDetail by "accountCategory" {
        Annuity(Box<AnnuityAccount>) = "ANNUITY_ACCOUNT",
        BuyNowPayLater(Box<BuyNowPayLaterAccount>) = "BNPL_ACCOUNT",
        Commercial(Box<CommercialAccount>) = "COMMERCIAL_ACCOUNT",
        Deposit(Box<DepositAccount>) = "DEPOSIT_ACCOUNT",
        DigitalWallet(Box<DigitalWallet>) = "DIGITAL_WALLET",
        Insurance(Box<InsuranceAccount>) = "INSURANCE_ACCOUNT",
        Investment(Box<InvestmentAccount>) = "INVESTMENT_ACCOUNT",
        Loan(Box<LoanAccount>) = "LOAN_ACCOUNT",
        LineOfCredit(Box<LineOfCreditAccount>) = "LOC_ACCOUNT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECKING: &str = r#"{
        "accountCategory": "DEPOSIT_ACCOUNT", "accountId": "acc-1", "accountType": "CHECKING",
        "accountNumberDisplay": "****4321", "status": "OPEN", "currency": {"currencyCode": "USD"},
        "nickname": null, "fiAttributes": null, "balanceType": "ASSET", "currentBalance": 1024.07,
        "availableBalance": 1000, "balanceAsOf": "2026-11-20T00:00:00.000Z", "somethingNewer": {"a": [1]}
    }"#;

    #[test]
    fn both_ways_of_reading_agree() {
        let quick = Account::from_json(CHECKING).unwrap();
        let generic: Account = serde_json::from_str(CHECKING).unwrap();
        assert!(quick == generic);
        let AccountDetail::Deposit(deposit) = &quick.detail else {
            panic!("a deposit account")
        };
        assert_eq!(deposit.current_balance.unwrap().to_string(), "1024.07");
        assert_eq!(quick.validate(), Ok(()));
    }

    #[test]
    fn it_is_written_flat_and_without_nulls() {
        let written = serde_json::to_value(Account::from_json(CHECKING).unwrap()).unwrap();
        let mut expected: serde_json::Value = serde_json::from_str(CHECKING).unwrap();
        for gone in ["nickname", "fiAttributes", "somethingNewer"] {
            expected.as_object_mut().unwrap().remove(gone);
        }
        assert_eq!(written, expected);
    }

    #[test]
    fn the_lightweight_form_is_category_and_descriptor() {
        let written =
            serde_json::to_value(serde_json::from_str::<LightweightAccount>(CHECKING).unwrap()).unwrap();
        assert_eq!(written["accountCategory"], "DEPOSIT_ACCOUNT");
        assert!(written.get("currentBalance").is_none() && written.get("balanceType").is_none());
    }

    #[test]
    fn every_category_is_known_and_no_other() {
        for category in [
            "ANNUITY_ACCOUNT",
            "BNPL_ACCOUNT",
            "COMMERCIAL_ACCOUNT",
            "DEPOSIT_ACCOUNT",
            "DIGITAL_WALLET",
            "INSURANCE_ACCOUNT",
            "INVESTMENT_ACCOUNT",
            "LOAN_ACCOUNT",
            "LOC_ACCOUNT",
        ] {
            let json = format!(r#"{{"accountCategory": "{category}", "accountId": "a"}}"#);
            assert_eq!(Account::from_json(&json).unwrap().detail.tag(), category);
        }
        assert!(Account::from_json(r#"{"accountCategory": "PIGGY_BANK", "accountId": "a"}"#).is_err());
        assert!(Account::from_json(r#"{"accountId": "a"}"#).is_err());
    }

    #[test]
    fn an_unknown_word_is_kept_and_then_forgotten() {
        let json = CHECKING.replace("\"OPEN\"", "\"DORMANT\"");
        let mut account = Account::from_json(&json).unwrap();
        assert_eq!(serde_json::to_value(&account).unwrap()["status"], "DORMANT");
        account.forget_unknown();
        assert!(serde_json::to_value(&account).unwrap().get("status").is_none());
    }

    #[test]
    fn an_id_that_tells_the_number_is_refused() {
        let json =
            r#"{"accountCategory": "LOAN_ACCOUNT", "accountId": "us-00123456", "accountNumber": "00123456"}"#;
        let faults = Account::from_json(json).unwrap().validate().unwrap_err();
        assert_eq!(faults[0].to_string(), "accountId: holds the account number");
    }

    #[test]
    fn faults_below_are_found() {
        let json = r#"{"accountCategory": "INVESTMENT_ACCOUNT", "accountId": "a",
            "holdings": [{"currency": {"currencyCode": "dollar"}}]}"#;
        let faults = Account::from_json(json).unwrap().validate().unwrap_err();
        assert_eq!(faults[0].path, "holdings[0].currency.currencyCode");
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let account = Account::from_json(CHECKING).unwrap();
        assert_eq!(
            format!("{account:?}"),
            r#"Account { category: "DEPOSIT_ACCOUNT", .. }"#
        );
        assert_eq!(format!("{:?}", account.descriptor), "AccountDescriptor { .. }");
    }

    #[test]
    fn names_that_camel_case_does_not_give_are_fdxs() {
        let json = r#"{"accountCategory": "INVESTMENT_ACCOUNT", "accountId": "a", "calendarYearFor401K": 2026,
            "vesting": [{"unVestedBalance": 1}], "openOrders": [{"inv401kSource": "MATCH"}],
            "holdings": [{"security": {"securityCategory": "STOCK_SECURITY", "yield": 2.5}}]}"#;
        let written = serde_json::to_value(Account::from_json(json).unwrap()).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(json).unwrap());
    }
}
