//! English.

use chrono::Datelike as _;
use domain::Instant;

use super::Text;
use crate::{api::UserConsentStatus, refusal::Refusal};

pub(super) static TEXT: Text = Text {
    language: "en",
    date,
    cluster: |_| None,
    category,

    your_connections: "Your connections",
    signed_in_as: |name| format!("Signed in as {name}"),
    sign_out: "Sign out",

    sign_in: "Sign in",
    username: "Username",
    password: "Password",
    wrong: "The username or the password is not right.",
    too_often: "That was wrong too often. Wait a minute, then try again.",

    wants_to_connect: |name| format!("{name} wants to connect to your accounts"),
    sign_in_to_see: "Sign in to see what it asks for. Nothing is shared until you say so.",
    or_deny: "Not expecting this?",
    deny_at_once: "Cancel and share nothing",

    asks_for_access: |name| format!("{name} asks to see your account data"),
    asks_who_you_are: |name| format!("{name} asks who you are"),
    through: |name, others| format!("{name} connects through {others}, who will also handle your data."),
    registered_as: |entity| format!("Registered as {entity}"),
    what_it_sees: "What it will see",
    identity_only: |name| format!("{name} will know that it is you. It will see no account and no balance."),
    told_your_name: |name| format!("It will be told your name: {name}."),
    which_accounts: "Of which accounts",
    untick: "Untick an account to leave it out.",
    no_accounts: "You have no account that can be shared.",
    choose_one: "Choose at least one account, or share nothing.",
    how_long: "For how long",
    for_days: |days, date| match days {
        1 => format!("For 1 day, until {date}."),
        days => format!("For {days} days, until {date}."),
    },
    once: |date| format!("Once, no later than {date}."),
    looks_back: |days| match days {
        1 => "It can look back 1 day.".into(),
        days => format!("It can look back {days} days."),
    },
    how_to_stop: "How to stop",
    stop_at: "At any time, under",
    if_you_deny: |name| format!("If you say no, nothing is shared, and {name} is told that you declined."),
    never_your_password: |name| format!("{name} never sees your username or password."),
    your_decision: "Your decision",
    allow: "Allow",
    deny: "Don’t allow",

    error,
    error_code: "Code",

    connections_intro: "Everyone with whom you share account data, and with whom you shared it.",
    no_connections: "You share your account data with nobody.",
    status,
    since: |date| format!("Since {date}"),
    until: |date| format!("until {date}"),
    ended: |date| format!("Ended {date}"),
    paused_until: |date| format!("Paused until {date}"),
    account_count: |count| match count {
        0 => "No accounts".into(),
        1 => "1 account".into(),
        count => format!("{count} accounts"),
    },
    older: "Older connections",
    back: "Back to your connections",
    what_is_shared: "What is shared",
    what_was_shared: "What was shared",
    accounts: "Accounts",
    history: "History",
    action,
    by,

    pause: "Pause sharing",
    pause_means: |name| format!("While it is paused, {name} sees nothing. You can resume at any time."),
    pause_for: "How long",
    until_i_resume: "Until I resume",
    days: |days| format!("{days} days"),
    resume: "Resume sharing",
    resume_means: |name| format!("{name} sees nothing at present."),
    stop: "Stop sharing",
    stop_question: |name| format!("Stop sharing with {name}?"),
    stop_means: |name| {
        format!(
            "{name} loses access at once. It keeps what it has already received, and you can ask it to delete that. \
             To share again, you would start anew there."
        )
    },
    keep: "Keep sharing",
    done_stopped: "Sharing has stopped.",
    done_paused: "Sharing is paused.",
    done_resumed: "Sharing has resumed.",
};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn date(instant: Instant) -> String {
    let month = MONTHS.get(instant.month0() as usize).copied().unwrap_or_default();
    format!("{month} {}, {}", instant.day(), instant.year())
}

fn category(category: &str) -> &'static str {
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

fn error(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Gone => (
            "There is nothing here any more",
            "The request has ended or took longer than five minutes. Go back to where you came from and start again.",
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

fn status(status: UserConsentStatus) -> &'static str {
    match status {
        UserConsentStatus::Active => "Sharing",
        UserConsentStatus::OnHold => "Paused",
        UserConsentStatus::Revoked => "Stopped",
        UserConsentStatus::Expired => "Expired",
        UserConsentStatus::Consumed => "Used once",
    }
}

fn action(action: &str) -> &'static str {
    match action {
        "GRANTED" => "Allowed",
        "REVOKED" => "Stopped",
        "HELD" => "Paused",
        "RESUMED" => "Resumed",
        "EXPIRED" => "Expired",
        "CONSUMED" => "Used",
        _ => "Changed",
    }
}

fn by(actor: &str) -> &'static str {
    match actor {
        "CONSUMER" => "by you",
        "RECIPIENT" => "by them",
        "BANK_OPERATOR" => "by your bank",
        _ => "by itself",
    }
}
