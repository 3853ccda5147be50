//! What every account may have beside its descriptor.

use crate::{
    fdx::{
        money::Domicile,
        payment_network::is_number,
        piece::Faults,
        text::{Identifier, String64, Text},
        time::DateString,
    },
    id::AccountId,
};

entity! {
    /// What every account may have (FDX `Account`), without what FDX has deprecated.
    pub struct AccountCommon {
        /// The account that this one is grouped under.
        pub parent_account_id: Option<AccountId>,
        /// The line of business in the bank's words, where the type is `OTHER`.
        pub line_of_business: Option<Text>,
        /// The line of business.
        pub line_of_business_type: Option<LineOfBusinessType>,
        /// The bank's routing number. Deprecated by FDX in favour of payment networks; kept to find the
        /// account again at the next import, and never let out.
        pub routing_transit_number: Option<String64>,
        /// Whether a positive amount raises the balance.
        pub balance_type: Option<BalanceType>,
        /// Whether an early end costs.
        pub early_penalty_flag: Option<bool>,
        /// Whether money can come from other accounts at the bank.
        pub transfer_in: Option<bool>,
        /// Whether money can go to other accounts at the bank.
        pub transfer_out: Option<bool>,
        /// Whether bills can be paid from it.
        pub bill_pay_status: Option<BillPayStatus>,
        /// The line of magnetic ink on its checks.
        pub micr_number: Option<String64>,
        /// The day it was last used.
        pub last_activity_date: Option<DateString>,
        /// The program that it earns rewards in.
        pub reward_program_id: Option<Identifier>,
        /// The place whose law governs it.
        pub domicile: Option<Domicile>,
        /// Canada: the institution, three digits.
        pub bank_institution_id: Option<String64>,
        /// Canada: the transit, five digits.
        pub bank_transit_id: Option<String64>,
    }
    rules = canadian_ids_are_digits;
}

fn canadian_ids_are_digits(common: &AccountCommon, faults: &mut Faults) {
    let institution = common
        .bank_institution_id
        .as_ref()
        .is_none_or(|id| is_number(id.as_str(), 3));
    let transit = common
        .bank_transit_id
        .as_ref()
        .is_none_or(|id| is_number(id.as_str(), 5));
    faults.inside("bank_institution_id", |faults| {
        faults.require(institution, "is not 3 digits")
    });
    faults.inside("bank_transit_id", |faults| {
        faults.require(transit, "is not 5 digits")
    });
}

words! {
    /// A line of business.
    pub enum LineOfBusinessType {
        Commercial = "COMMERCIAL",
        Consumer = "CONSUMER",
        Other = "OTHER",
        SmallBusiness = "SMALL_BUSINESS",
    }
}

words! {
    /// Whether a positive amount raises the balance (`ASSET`) or what is owed (`LIABILITY`).
    pub enum BalanceType {
        Asset = "ASSET",
        Liability = "LIABILITY",
    }
}

words! {
    /// Whether bills can be paid from an account.
    pub enum BillPayStatus {
        Active = "ACTIVE",
        Available = "AVAILABLE",
        NotAvailable = "NOT_AVAILABLE",
        Pending = "PENDING",
    }
}
