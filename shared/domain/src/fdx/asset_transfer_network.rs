//! How securities reach an account.

use super::{
    payment_network::PaymentNetworkIdentifierType,
    piece::{Fault, Faults, Piece},
    text::{String64, Text},
};

entity! {
    /// A network over which securities reach or leave an account (FDX `AssetTransferNetwork`).
    pub struct AssetTransferNetwork {
        /// The account in that network: its number, or a token in its place.
        pub identifier: Option<String64>,
        /// Which of the two.
        pub identifier_type: Option<PaymentNetworkIdentifierType>,
        /// Name of the institution.
        pub institution_name: Option<Text>,
        /// Its id in that network, such as a DTC number.
        pub institution_id: Option<String64>,
        /// The network.
        pub r#type: Option<AssetTransferType>,
        /// Whether the account has several holders.
        pub joint_account: Option<bool>,
    }
}

impl AssetTransferNetwork {
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

words! {
    /// A network that moves securities.
    pub enum AssetTransferType {
        CaAton = "CA_ATON",
        UsAcats = "US_ACATS",
        UsDtc = "US_DTC",
    }
}
