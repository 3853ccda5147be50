//! How money reaches an account.

use super::{
    amount::Amount,
    piece::{Fault, Faults, Piece},
    text::String64,
    time::Timestamp,
};

entity! {
    /// A payment network over which money reaches or leaves an account (FDX `AccountPaymentNetwork`).
    pub struct AccountPaymentNetwork {
        /// The bank in that network; in the US its routing number of nine digits.
        pub bank_id: Option<String64>,
        /// The account in that network: its number, or a token in its place.
        pub identifier: Option<String64>,
        /// Which of the two.
        pub identifier_type: Option<PaymentNetworkIdentifierType>,
        /// The network.
        pub r#type: Option<PaymentNetworkType>,
        /// Whether money can come in.
        pub transfer_in: Option<bool>,
        /// Whether money can go out.
        pub transfer_out: Option<bool>,
        /// Whether the account takes requests for payment.
        pub supports_request_for_payment: Option<bool>,
        /// How much, and how often.
        pub transfer_limits: Option<TransferLimits>,
        /// Canada: the institution, three digits.
        pub bank_institution_id: Option<String64>,
        /// Canada: the transit, five digits.
        pub bank_transit_id: Option<String64>,
    }
    rules = canadian_ids_are_digits;
}

impl AccountPaymentNetwork {
    /// Checks it as it comes in.
    ///
    /// # Errors
    /// What FDX's rules say against it.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Faults::default();
        self.check(&mut faults);
        faults.into_result()
    }
}

fn canadian_ids_are_digits(network: &AccountPaymentNetwork, faults: &mut Faults) {
    let institution = network
        .bank_institution_id
        .as_ref()
        .is_none_or(|id| is_number(id.as_str(), 3));
    let transit = network
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

/// Whether the text is exactly so many digits.
pub(crate) fn is_number(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

entity! {
    /// What may be moved (FDX `TransferLimits`).
    pub struct TransferLimits {
        /// Into the account.
        pub r#in: Option<TransferDirectionLimits>,
        /// Out of the account.
        pub out: Option<TransferDirectionLimits>,
    }
}

entity! {
    /// What may be moved in one direction.
    pub struct TransferDirectionLimits {
        /// In a day.
        pub day: Option<TransferPeriodLimit>,
        /// In a week.
        pub week: Option<TransferPeriodLimit>,
        /// In a month.
        pub month: Option<TransferPeriodLimit>,
        /// In a year.
        pub year: Option<TransferPeriodLimit>,
        /// At once.
        pub transaction: Option<TransferTransactionLimit>,
    }
}

entity! {
    /// What may be moved in a period.
    pub struct TransferPeriodLimit {
        /// When the period begins anew.
        pub resets_on: Option<Timestamp>,
        /// The most money.
        pub transfer_max_amount: Option<Amount>,
        /// What is left of it.
        pub transfer_remaining_amount: Option<Amount>,
        /// The most transfers.
        pub max_occurrence: Option<i32>,
        /// What is left of them.
        pub remaining_occurrence: Option<i32>,
    }
}

entity! {
    /// What may be moved at once.
    pub struct TransferTransactionLimit {
        /// The most money.
        pub transfer_max_amount: Option<Amount>,
        /// What is left of it.
        pub transfer_remaining_amount: Option<Amount>,
    }
}

words! {
    /// Whether an identifier is the account's number or a token in its place.
    pub enum PaymentNetworkIdentifierType {
        AccountNumber = "ACCOUNT_NUMBER",
        TokenizedAccountNumber = "TOKENIZED_ACCOUNT_NUMBER",
    }
}

words! {
    /// A network that moves money.
    pub enum PaymentNetworkType {
        CaAcss = "CA_ACSS",
        CaLvts = "CA_LVTS",
        UsAch = "US_ACH",
        UsChips = "US_CHIPS",
        UsFedNow = "US_FEDNOW",
        UsFedwire = "US_FEDWIRE",
        UsRtp = "US_RTP",
    }
}
