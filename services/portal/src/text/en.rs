//! English.

use chrono::Datelike as _;
use domain::Instant;

use super::Text;

mod words;

pub(super) static TEXT: Text = Text {
    language: "en",
    language_name: "English",
    languages: "Language",
    date,
    cluster: |_| None,
    category: words::category,

    your_connections: "Your connections",
    signed_in_as: |name| format!("Signed in as {name}"),
    sign_out: "Sign out",
    in_utc: "Dates and times are in UTC.",

    sign_in: "Sign in",
    username: "Username",
    password: "Password",
    wrong: "The username or the password is not right.",
    too_often: "That was wrong too often. Wait a minute, then try again.",

    enter_code: "Enter your one-time code",
    code_intro: "Your authenticator app shows six digits, new ones every thirty seconds.",
    code: "Code",
    code_wrong: "This code is not right, or was used before. Wait for the next one.",
    go_on: "Continue",

    wants_to_connect: |name| format!("{name} wants to connect to your accounts"),
    sign_in_to_see: "Sign in to see what it asks for. Nothing is shared until you say so.",
    or_deny: "Not expecting this?",
    deny_at_once: "Cancel and share nothing",

    asks_for_access: |name| format!("{name} asks to see your account data"),
    asks_who_you_are: |name| format!("{name} asks who you are"),
    through: |name, others| format!("{name} connects through {others}, who will also handle your data."),
    registered_as: |entity| format!("Registered as {entity}"),
    purpose: |purpose| format!("Its purpose, in its own words: {purpose}"),
    replaces: |name| {
        format!("This renews your present connection with {name}, which ends when you allow this one.")
    },
    what_it_sees: "What it will see",
    identity_only: |name| format!("{name} will know that it is you. It will see no account and no balance."),
    told_your_name: |name| format!("It will be told your name: {name}."),
    which_accounts: "Of which accounts",
    untick: "Untick an account to leave it out.",
    no_accounts: "You have no account that can be shared.",
    choose_one: "Choose at least one account, or share nothing.",
    choose_shares: "Choose what it shares",
    give_a_name: "Give it a name",
    shares_some: |some, all| format!("Shares {some} of {all} kinds of data"),
    shares_legend: |name, account| format!("What {name} may see of {account}"),
    part_of: |outer| format!("Part of “{outer}”"),
    name_it: |name| format!("Your name for it at {name} (optional)"),
    name_hint: |name| format!("{name} sees this name in place of the bank’s."),
    choose_of: |account| format!("Choose at least one kind of data of {account}, or untick the account."),
    contained: |inner, outer| {
        format!("“{inner}” is part of “{outer}”. To leave it out, leave out “{outer}” too.")
    },
    nickname_wrong: "A name for an account has 64 characters at the most.",
    how_long: "For how long",
    for_days: |days, date| match days {
        1 => format!("For 1 day, until {date}."),
        days => format!("For {days} days, until {date}."),
    },
    once: |date| format!("Once, no later than {date}."),
    looks_back: |days| match days {
        1 => "It can look back 1 day.".into(),
        365 => "It can look back 1 year.".into(),
        days if days % 365 == 0 => format!("It can look back {} years.", days / 365),
        days => format!("It can look back {days} days."),
    },
    others_must_agree: |count| match count {
        1 => "Shared only after its other holder has agreed.".into(),
        count => format!("Shared only after {count} other holders have agreed."),
    },
    show_preview: "Show exactly what would be shared",
    preview: "What would be shared today",
    preview_means: |name| {
        format!("Numbers, names and amounts are hidden on this page. {name} would get them in full.")
    },
    preview_nothing: "Nothing of this kind at present.",
    preview_no_more: "At present, nothing beyond what is listed above.",
    left_out: |kinds| format!("Left out: {kinds}"),
    transactions_since: |count, has_more, since| match (count, has_more) {
        (0, _) => format!("None since {since}. New ones would be shared."),
        (1, false) => format!("1 transaction since {since}, and new ones."),
        (count, false) => format!("{count} transactions since {since}, and new ones."),
        (count, true) => format!("More than {count} transactions since {since}, and new ones."),
    },
    fields: |count| match count {
        1 => "1 detail".into(),
        count => format!("{count} details"),
    },
    kinds_of_data: |count| match count {
        1 => "1 kind of data".into(),
        count => format!("{count} kinds of data"),
    },
    stop_any_time: "You can stop at any time",
    no_is_nothing: "If you say no, nothing is shared",
    how_to_stop: "How to stop",
    stop_at: "At any time, under",
    if_you_deny: |name| format!("If you say no, nothing is shared, and {name} is told that you declined."),
    never_your_password: |name| format!("{name} never sees your username or password."),
    your_decision: "Your decision",
    allow: "Allow",
    deny: "Don’t allow",

    error: words::error,
    error_code: "Code",

    connections_intro: "Everyone with whom you share account data, and with whom you shared it.",
    no_connections: "You share your account data with nobody.",
    waits_for_you: "Waiting for you",
    sharing_now: "Sharing now",
    over: "No longer shared",
    awaits_approval: "Waiting",
    refused: "Not agreed",
    status: words::status,
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
    back_to: |name| format!("Back to {name}"),
    what_is_shared: "What is shared",
    what_was_shared: "What was shared",
    accounts: "Accounts",
    shares_all: "Shares all of the above.",
    shares_only: |kinds| format!("Shares only: {kinds}"),
    remove: "Remove",
    remove_account: |account| format!("Remove {account}"),
    removed: |date| format!("Removed {date}"),
    others_awaited: "Not shared yet: waits for another holder.",
    who_read: "Who read what",
    never_read: "Nothing has been read yet.",
    all_accesses: "Everything that was read",
    older_reads: "Older",
    accesses_of: |name| format!("What {name} has read"),
    attended: "while you were there",
    unattended: "in the background",
    history: "History",
    action: words::action,
    by: words::by,
    by_a_holder: "by a holder of the accounts",
    receipt: "Receipt",
    receipt_of: |action, date| format!("Receipt: {action}, {date}"),
    receipts_mean: "A receipt is signed: with it you can prove to anyone what you allowed, and when it ended.",
    of_receipts: super::receipt::ENGLISH,

    pause: "Pause sharing",
    pause_means: |name| format!("While it is paused, {name} sees nothing. You can resume at any time."),
    pause_until: "Pause until",
    pause_hint: "Leave empty to pause until you resume.",
    pause_wrong: |last| format!("Choose a day after today, and no later than {last}."),
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
    stop_all: "Stop all sharing",
    stop_all_question: "Stop all sharing?",
    stop_all_means: |names| {
        format!(
            "These lose access at once: {names}. They keep what they have already received, and you can ask them to \
             delete that."
        )
    },
    remove_question: |account| format!("Stop sharing {account}?"),
    remove_means: |name| {
        format!(
            "{name} loses access to this account at once and keeps access to the others. You cannot add the account \
             back here; {name} would have to ask you again."
        )
    },
    keep: "Keep sharing",

    your_approval: "Your approval",
    approval_asked: |name| {
        format!(
            "Somebody who holds these accounts with you wants to share them with {name}. Nothing of them is shared unless you agree."
        )
    },
    approval_given: |name| {
        format!("You agreed. Withdraw, and {name} loses access to these accounts at once.")
    },
    approval_withdrawn: |name| {
        format!("You did not agree. {name} sees nothing of these accounts unless you do.")
    },
    approve: "Agree",
    refuse: "Don’t agree",
    withdraw: "Withdraw my approval",

    done,
    member: super::member::english,
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

fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "stopped" => "Sharing has stopped.",
        "stopped-all" => "All sharing has stopped.",
        "paused" => "Sharing is paused.",
        "resumed" => "Sharing has resumed.",
        "removed" => "The account is no longer shared.",
        "approved" => "You have agreed.",
        "withdrawn" => "You do not agree. Nothing of these accounts is shared.",
        _ => return None,
    })
}
