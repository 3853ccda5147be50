//! What is owed, what will be paid, and what a payment was made of.

use super::{amount::Amount, time::DateString};

entity! {
    /// What is owed on an account, and when (FDX `Bills`). Amounts owed are negative where it says so.
    pub struct Bills {
        /// Everything that is due.
        pub total_payment_due: Option<Amount>,
        /// The least that avoids a fee.
        pub minimum_payment_due: Option<Amount>,
        /// The day by which.
        pub due_date: Option<DateString>,
        /// Whether it is paid automatically.
        pub auto_pay_enabled: Option<bool>,
        /// What will be paid automatically.
        pub auto_pay_amount: Option<Amount>,
        /// When it will.
        pub auto_pay_date: Option<DateString>,
        /// What should have been paid already; negative when money is owed.
        pub past_due_amount: Option<Amount>,
        /// The last payment.
        pub last_payment_amount: Option<Amount>,
        /// Its day.
        pub last_payment_date: Option<DateString>,
        /// The balance of the last statement; negative when money is owed.
        pub statement_balance: Option<Amount>,
        /// Its day.
        pub statement_date: Option<DateString>,
    }
}

entity! {
    /// A payment that will be made (FDX `ScheduledPayment`).
    pub struct ScheduledPayment {
        /// How much.
        pub amount: Option<Amount>,
        /// On which day.
        pub date: Option<DateString>,
        /// Whether once or again.
        pub r#type: Option<ScheduledPaymentType>,
        /// Whether it reduces the principal only.
        pub pay_to_principal: Option<bool>,
    }
}

words! {
    /// Whether a scheduled payment is made once or again.
    pub enum ScheduledPaymentType {
        AutoPay = "AUTOPAY",
        OneTime = "ONE_TIME",
        Repeating = "REPEATING",
    }
}

entity! {
    /// What a payment was made of (FDX `PaymentDetails`).
    pub struct PaymentDetails {
        /// To the principal.
        pub principal_amount: Option<Amount>,
        /// To interest.
        pub interest_amount: Option<Amount>,
        /// To insurance.
        pub insurance_amount: Option<Amount>,
        /// To escrow.
        pub escrow_amount: Option<Amount>,
        /// To private mortgage insurance.
        pub pmi_amount: Option<Amount>,
        /// To fees.
        pub fees_amount: Option<Amount>,
    }
}
