//! Who holds an account, and how to reach them.

use super::{
    piece::{Faults, Piece},
    text::{CountryCode, Identifier, String64, Text},
    time::DateString,
};
use crate::id::AccountId;

entity! {
    /// The holders of an account, and where the account's own mail goes (FDX `AccountContact`).
    pub struct AccountContact {
        /// The holders and other persons with a relation to the account.
        pub holders: Vec<AccountHolder>,
        /// E-mail addresses.
        pub emails: Vec<Text>,
        /// Postal addresses.
        pub addresses: Vec<DeliveryAddress>,
        /// Telephone numbers.
        pub telephones: Vec<TelephoneNumber>,
    }
}

impl AccountContact {
    /// Checks it as it comes in.
    ///
    /// # Errors
    /// What FDX's rules say against it.
    pub fn validate(&self) -> Result<(), Vec<super::Fault>> {
        let mut faults = Faults::default();
        self.check(&mut faults);
        faults.into_result()
    }
}

entity! {
    /// A person or business with a relation to an account (FDX `AccountHolder`).
    pub struct AccountHolder {
        /// What relation.
        pub relationship: Option<AccountHolderRelationship>,
        /// The bank's id of the customer.
        pub customer_id: Option<Identifier>,
        /// A person or a business.
        pub r#type: Option<CustomerType>,
        /// The name.
        pub name: Option<CustomerName>,
        /// What is known of a business.
        pub business_customer: Option<BusinessCustomer>,
        /// Customer since.
        pub customer_start_date: Option<DateString>,
        /// Last activity of the customer.
        pub last_activity_date: Option<DateString>,
        /// Other accounts of the customer.
        pub accounts: Vec<CustomerToAccount>,
        /// E-mail addresses.
        pub emails: Vec<Text>,
        /// Postal addresses.
        pub addresses: Vec<DeliveryAddress>,
        /// Telephone numbers.
        pub telephones: Vec<TelephoneNumber>,
        /// Day of birth.
        pub date_of_birth: Option<DateString>,
        /// Tax id, such as a social security number; leaves masked to its last four unless shared in full.
        pub tax_id: Option<String64>,
        /// The country that gave the tax id.
        pub tax_id_country: Option<CountryCode>,
        /// Another id that a government gave.
        pub government_id: Option<String64>,
    }
}

entity! {
    /// A person or business as the bank knows them, whatever accounts they hold (FDX `Customer`).
    pub struct Customer {
        /// The bank's id of the customer.
        pub customer_id: Option<Identifier>,
        /// A person or a business.
        pub r#type: Option<CustomerType>,
        /// The name.
        pub name: Option<CustomerName>,
        /// What is known of a business.
        pub business_customer: Option<BusinessCustomer>,
        /// Customer since.
        pub customer_start_date: Option<DateString>,
        /// Last activity of the customer.
        pub last_activity_date: Option<DateString>,
        /// Their accounts.
        pub accounts: Vec<CustomerToAccount>,
        /// E-mail addresses, the one to use first.
        pub emails: Vec<Text>,
        /// Postal addresses.
        pub addresses: Vec<DeliveryAddress>,
        /// Telephone numbers.
        pub telephones: Vec<TelephoneNumber>,
        /// Day of birth.
        pub date_of_birth: Option<DateString>,
        /// Tax id, such as a social security number.
        pub tax_id: Option<String64>,
        /// The country that gave the tax id.
        pub tax_id_country: Option<CountryCode>,
        /// Another id that a government gave.
        pub government_id: Option<String64>,
    }
}

impl Customer {
    /// Checks it as it comes in.
    ///
    /// # Errors
    /// What FDX's rules say against it.
    pub fn validate(&self) -> Result<(), Vec<super::Fault>> {
        let mut faults = Faults::default();
        self.check(&mut faults);
        faults.into_result()
    }
}

entity! {
    /// Another account of a holder.
    pub struct CustomerToAccount {
        /// Which.
        pub account_id: Option<AccountId>,
        /// What relation.
        pub relationship: Option<AccountHolderRelationship>,
    }
}

entity! {
    /// A name in its parts (FDX `CustomerName`).
    pub struct CustomerName {
        /// Given name.
        pub first: Option<Text>,
        /// Middle name or initial.
        pub middle: Option<Text>,
        /// Family name.
        pub last: Option<Text>,
        /// Such as `Jr.`.
        pub suffix: Option<Text>,
        /// Such as `Dr.`.
        pub prefix: Option<Text>,
        /// Name of a company.
        pub company: Option<Text>,
    }
}

entity! {
    /// What is known of a business (FDX `BusinessCustomer`).
    pub struct BusinessCustomer {
        /// Its name.
        pub name: Option<Text>,
        /// Who may be served legal papers.
        pub registered_agents: Vec<CustomerName>,
        /// Its id in a government's register.
        pub registered_id: Option<Identifier>,
        /// Its trade.
        pub industry_code: Option<IndustryCode>,
        /// Where it is registered.
        pub domicile: Option<super::money::Domicile>,
    }
}

entity! {
    /// A trade in one of the usual lists.
    pub struct IndustryCode {
        /// Which list.
        pub r#type: Option<IndustryCodeType>,
        /// The code in it.
        pub code: Option<Text>,
    }
}

entity! {
    /// A postal address (FDX `DeliveryAddress`).
    pub struct DeliveryAddress {
        /// First line.
        pub line1: Option<String64>,
        /// Second line.
        pub line2: Option<String64>,
        /// Third line.
        pub line3: Option<String64>,
        /// City.
        pub city: Option<String64>,
        /// State or province.
        pub region: Option<String64>,
        /// Postal code, at most 16 characters.
        pub postal_code: Option<String64>,
        /// Country.
        pub country: Option<CountryCode>,
        /// What the address is for.
        pub r#type: Option<DeliveryAddressType>,
        /// Whether it is the one to use.
        pub primary: Option<bool>,
    }
    rules = postal_code_is_short;
}

fn postal_code_is_short(address: &DeliveryAddress, faults: &mut Faults) {
    let short = address
        .postal_code
        .as_ref()
        .is_none_or(|code| code.as_str().chars().count() <= 16);
    faults.inside("postal_code", |faults| {
        faults.require(short, "is longer than 16 characters")
    });
}

entity! {
    /// A telephone number (FDX `TelephoneNumber`).
    pub struct TelephoneNumber {
        /// What the number is for.
        pub r#type: Option<TelephoneType>,
        /// Country calling code: one to three digits, a plus before them or not.
        pub country: Option<String64>,
        /// National number, at most 15 digits.
        pub number: Option<String64>,
        /// The network that it is reached over.
        pub network: Option<TelephoneNetwork>,
        /// Whether it is the one to use.
        pub primary: Option<bool>,
    }
    rules = telephone_is_digits;
}

fn telephone_is_digits(telephone: &TelephoneNumber, faults: &mut Faults) {
    if let Some(country) = &telephone.country {
        let digits = country.as_str().strip_prefix('+').unwrap_or(country.as_str());
        let code = (1..=3).contains(&digits.len()) && !digits.starts_with('0') && is_digits(digits);
        faults.inside("country", |faults| {
            faults.require(code, "is not a country calling code")
        });
    }
    if let Some(number) = &telephone.number {
        let fits = (1..=15).contains(&number.as_str().len()) && is_digits(number.as_str());
        faults.inside("number", |faults| faults.require(fits, "is not 1 to 15 digits"));
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

words! {
    /// A person or a business.
    pub enum CustomerType {
        Business = "BUSINESS",
        Consumer = "CONSUMER",
    }
}

words! {
    /// A list of trades.
    pub enum IndustryCodeType {
        Bclass = "BCLASS",
        Bics = "BICS",
        Gics = "GICS",
        Moodys = "MOODYS",
        Naics = "NAICS",
        Other = "OTHER",
        Sic = "SIC",
    }
}

words! {
    /// What an address is for.
    pub enum DeliveryAddressType {
        Business = "BUSINESS",
        Delivery = "DELIVERY",
        Home = "HOME",
        Mailing = "MAILING",
    }
}

words! {
    /// What a telephone number is for. FDX 6.3 moved `CELL` to the network.
    pub enum TelephoneType {
        Both = "BOTH",
        Business = "BUSINESS",
        Fax = "FAX",
        Home = "HOME",
        Personal = "PERSONAL",
    }
}

words! {
    /// The network that a telephone number is reached over.
    pub enum TelephoneNetwork {
        Cellular = "CELLULAR",
        Landline = "LANDLINE",
        Pager = "PAGER",
        Satellite = "SATELLITE",
        Voip = "VOIP",
    }
}

words! {
    /// What somebody is to an account.
    pub enum AccountHolderRelationship {
        AuthorizedSigner = "AUTHORIZED_SIGNER",
        AuthorizedUser = "AUTHORIZED_USER",
        Business = "BUSINESS",
        ForBenefitOf = "FOR_BENEFIT_OF",
        ForBenefitOfPrimary = "FOR_BENEFIT_OF_PRIMARY",
        ForBenefitOfPrimaryJointRestricted = "FOR_BENEFIT_OF_PRIMARY_JOINT_RESTRICTED",
        ForBenefitOfSecondary = "FOR_BENEFIT_OF_SECONDARY",
        ForBenefitOfSecondaryJointRestricted = "FOR_BENEFIT_OF_SECONDARY_JOINT_RESTRICTED",
        ForBenefitOfSoleOwnerRestricted = "FOR_BENEFIT_OF_SOLE_OWNER_RESTRICTED",
        PowerOfAttorney = "POWER_OF_ATTORNEY",
        Primary = "PRIMARY",
        PrimaryBorrower = "PRIMARY_BORROWER",
        PrimaryJoint = "PRIMARY_JOINT",
        PrimaryJointTenants = "PRIMARY_JOINT_TENANTS",
        Secondary = "SECONDARY",
        SecondaryBorrower = "SECONDARY_BORROWER",
        SecondaryJoint = "SECONDARY_JOINT",
        SecondaryJointTenants = "SECONDARY_JOINT_TENANTS",
        SoleOwner = "SOLE_OWNER",
        Trustee = "TRUSTEE",
        UniformTransferToMinor = "UNIFORM_TRANSFER_TO_MINOR",
    }
}
