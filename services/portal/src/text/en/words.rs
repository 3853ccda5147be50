//! English: words for what has a code elsewhere: categories of accounts, states, changes, who made them, why a page is not
//! shown.

use crate::{api::UserConsentStatus, refusal::Refusal};

pub(super) fn category(category: &str) -> &'static str {
    match category {
        "DEPOSIT_ACCOUNT" => "Deposit account",
        "LOC_ACCOUNT" => "Card or line of credit",
        "LOAN_ACCOUNT" => "Loan",
        "INVESTMENT_ACCOUNT" => "Investment account",
        "INSURANCE_ACCOUNT" => "Insurance",
        "ANNUITY_ACCOUNT" => "Annuity",
        "BNPL_ACCOUNT" => "Pay later",
        "COMMERCIAL_ACCOUNT" => "Business account",
        "DIGITAL_WALLET" => "Digital wallet",
        _ => "Account",
    }
}

pub(super) fn error(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Gone => (
            "This request is no longer open",
            "It has been answered, or was open for more than five minutes. Go back to the app or website that sent you here, and start again from there.",
        ),
        Refusal::Absent => (
            "There is no such page",
            "The address is not right, or what was there is not yours to see.",
        ),
        Refusal::Decided => (
            "This has already been decided",
            "Perhaps in another window. Go back to where you came from to see where it stands.",
        ),
        Refusal::Ended => (
            "This connection has already ended",
            "Nothing more is shared under it.",
        ),
        Refusal::Forged | Refusal::SignedOut => (
            "This form is out of date",
            "For your safety it was not accepted. Go back, load the page again, and try once more.",
        ),
        Refusal::Busy | Refusal::Unavailable => {
            ("We cannot do this just now", "Please try again in a moment.")
        }
        Refusal::Internal => ("Something went wrong on our side", "Please try again later."),
    }
}

pub(super) fn status(status: UserConsentStatus) -> &'static str {
    match status {
        UserConsentStatus::Active => "Sharing",
        UserConsentStatus::OnHold => "Paused",
        UserConsentStatus::Revoked => "Stopped",
        UserConsentStatus::Expired => "Expired",
        UserConsentStatus::Consumed => "Used once",
    }
}

pub(super) fn action(action: &str) -> &'static str {
    match action {
        "GRANTED" => "Allowed",
        "REVOKED" => "Stopped",
        "HELD" => "Paused",
        "RESUMED" => "Resumed",
        "MODIFIED" => "Accounts changed",
        "APPROVED" => "Agreed to",
        "WITHDRAWN" => "Agreement withdrawn",
        "PARTIALLY_GRANTED" => "Allowed, waiting for another holder",
        "SUPERSEDED" => "Renewed",
        "REJECTED" => "Not allowed",
        "REFUSED" => "Came too late",
        "EXPIRED" => "Expired",
        "CONSUMED" => "Used",
        _ => "Changed",
    }
}

pub(super) fn by(actor: &str) -> &'static str {
    match actor {
        "CONSUMER" => "by you",
        "RECIPIENT" => "by them",
        "BANK_OPERATOR" => "by your bank",
        _ => "by itself",
    }
}
