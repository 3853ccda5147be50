//! Français.

use chrono::Datelike as _;
use domain::Instant;

use super::Text;

mod words;

pub(super) static TEXT: Text = Text {
    language: "fr",
    language_name: "Français",
    languages: "Langue",
    date,
    cluster: |cluster| Some(super::cluster::french(cluster)),
    category: words::category,

    your_connections: "Vos connexions",
    signed_in_as: |name| format!("Session de {name}"),
    sign_out: "Se déconnecter",
    in_utc: "Dates et heures en UTC.",

    sign_in: "Se connecter",
    username: "Nom d’utilisateur",
    password: "Mot de passe",
    wrong: "Le nom d’utilisateur ou le mot de passe est incorrect.",
    too_often: "Trop d’essais incorrects. Attendez une minute, puis réessayez.",

    enter_code: "Saisissez votre code à usage unique",
    code_intro: "Votre application d’authentification affiche six chiffres, renouvelés toutes les trente secondes.",
    code: "Code",
    code_wrong: "Ce code est incorrect ou a déjà servi. Attendez le suivant.",
    go_on: "Continuer",

    wants_to_connect: |name| format!("{name} veut se connecter à vos comptes"),
    sign_in_to_see: "Connectez-vous pour voir ce qui est demandé. Rien n’est partagé sans votre accord.",
    or_deny: "Vous ne vous y attendiez pas\u{a0}?",
    deny_at_once: "Annuler et ne rien partager",

    asks_for_access: |name| format!("{name} demande à voir les données de vos comptes"),
    asks_who_you_are: |name| format!("{name} demande qui vous êtes"),
    through: |name, others| format!("{name} passe par {others}, qui traitera aussi vos données."),
    registered_as: |entity| format!("Enregistrée sous {entity}"),
    purpose: |purpose| format!("Dans quel but, selon ses propres mots\u{a0}: {purpose}"),
    replaces: |name| {
        format!("Renouvelle votre connexion actuelle avec {name}, qui prend fin si vous autorisez celle-ci.")
    },
    what_it_sees: "Ce qui sera vu",
    identity_only: |name| format!("{name} saura que c’est vous, sans voir ni compte ni solde."),
    told_your_name: |name| format!("Votre nom lui sera communiqué : {name}."),
    which_accounts: "De quels comptes",
    untick: "Décochez un compte pour l’exclure.",
    no_accounts: "Vous n’avez aucun compte qui puisse être partagé.",
    choose_one: "Choisissez au moins un compte, ou ne partagez rien.",
    choose_shares: "Choisir ce qu’il partage",
    give_a_name: "Lui donner un nom",
    shares_some: |some, all| format!("Partage {some} types de données sur {all}"),
    shares_legend: |name, account| format!("Ce que {name} peut voir de {account}"),
    part_of: |outer| format!("Compris dans «\u{a0}{outer}\u{a0}»"),
    name_it: |name| format!("Votre nom pour ce compte chez {name} (facultatif)"),
    name_hint: |name| format!("{name} verra ce nom à la place de celui de la banque."),
    choose_of: |account| {
        format!("Choisissez au moins un type de données de {account}, ou décochez le compte.")
    },
    contained: |inner, outer| {
        format!(
            "«\u{a0}{inner}\u{a0}» est compris dans «\u{a0}{outer}\u{a0}». Pour l’exclure, excluez aussi «\u{a0}{outer}\u{a0}»."
        )
    },
    nickname_wrong: "Le nom d’un compte a 64 caractères au plus.",
    how_long: "Pour combien de temps",
    for_days: |days, date| match days {
        1 => format!("Pour 1 jour, jusqu’au {date}."),
        days => format!("Pour {days} jours, jusqu’au {date}."),
    },
    once: |date| format!("Une seule fois, au plus tard le {date}."),
    looks_back: |days| match days {
        1 => "Avec 1 jour d’historique.".into(),
        365 => "Avec 1 an d’historique.".into(),
        days if days % 365 == 0 => format!("Avec {} ans d’historique.", days / 365),
        days => format!("Avec {days} jours d’historique."),
    },
    others_must_agree: |count| match count {
        1 => "Partagé seulement quand l’autre titulaire aura accepté.".into(),
        count => format!("Partagé seulement quand {count} autres titulaires auront accepté."),
    },
    show_preview: "Montrer exactement ce qui serait partagé",
    preview: "Ce qui serait partagé aujourd’hui",
    preview_means: |name| {
        format!(
            "Les numéros, les noms et les montants sont masqués sur cette page. {name} les recevrait en entier."
        )
    },
    preview_nothing: "Rien de ce genre pour le moment.",
    preview_no_more: "Pour le moment, rien de plus que ci-dessus.",
    left_out: |kinds| format!("Exclu\u{a0}: {kinds}"),
    transactions_since: |count, has_more, since| match (count, has_more) {
        (0, _) => format!("Aucune depuis le {since}. Les nouvelles seraient partagées."),
        (1, false) => format!("1 opération depuis le {since}, et les nouvelles."),
        (count, false) => format!("{count} opérations depuis le {since}, et les nouvelles."),
        (count, true) => format!("Plus de {count} opérations depuis le {since}, et les nouvelles."),
    },
    fields: |count| match count {
        1 => "1 donnée".into(),
        count => format!("{count} données"),
    },
    kinds_of_data: |count| match count {
        1 => "1 type de données".into(),
        count => format!("{count} types de données"),
    },
    stop_any_time: "Vous pouvez arrêter à tout moment",
    no_is_nothing: "Si vous refusez, rien n’est partagé",
    how_to_stop: "Comment arrêter",
    stop_at: "À tout moment, sous",
    if_you_deny: |name| {
        format!("Si vous refusez, rien n’est partagé et {name} apprend que vous avez refusé.")
    },
    never_your_password: |name| {
        format!("{name} ne voit jamais votre nom d’utilisateur ni votre mot de passe.")
    },
    your_decision: "Votre décision",
    allow: "Autoriser",
    deny: "Refuser",

    error: words::error,
    error_code: "Code",

    connections_intro: "Avec qui vous partagez les données de vos comptes, et avec qui vous les avez partagées.",
    no_connections: "Vous ne partagez les données de vos comptes avec personne.",
    waits_for_you: "En attente de vous",
    sharing_now: "Partagé en ce moment",
    over: "N’est plus partagé",
    awaits_approval: "En attente",
    refused: "Non acceptée",
    status: words::status,
    since: |date| format!("Depuis le {date}"),
    until: |date| format!("jusqu’au {date}"),
    ended: |date| format!("Terminée le {date}"),
    paused_until: |date| format!("En pause jusqu’au {date}"),
    account_count: |count| match count {
        0 => "Aucun compte".into(),
        1 => "1 compte".into(),
        count => format!("{count} comptes"),
    },
    older: "Connexions plus anciennes",
    back: "Retour à vos connexions",
    back_to: |name| format!("Retour à {name}"),
    what_is_shared: "Ce qui est partagé",
    what_was_shared: "Ce qui a été partagé",
    accounts: "Comptes",
    shares_all: "Partage tout ce qui précède.",
    shares_only: |kinds| format!("Partage seulement\u{a0}: {kinds}"),
    remove: "Retirer",
    remove_account: |account| format!("Retirer {account}"),
    removed: |date| format!("Retiré le {date}"),
    others_awaited: "Pas encore partagé\u{a0}: un autre titulaire doit accepter.",
    who_read: "Qui a lu quoi",
    never_read: "Rien n’a encore été lu.",
    all_accesses: "Tout ce qui a été lu",
    older_reads: "Plus anciens",
    accesses_of: |name| format!("Ce que {name} a lu"),
    attended: "en votre présence",
    unattended: "en arrière-plan",
    history: "Historique",
    action: words::action,
    by: words::by,
    by_a_holder: "par un titulaire des comptes",
    receipt: "Reçu",
    receipt_of: |action, date| format!("Reçu\u{a0}: {action}, {date}"),
    receipts_mean: "Un reçu est signé\u{a0}: il prouve à n’importe qui ce que vous avez autorisé, et quand cela a pris fin.",
    of_receipts: super::receipt::FRENCH,

    pause: "Mettre en pause",
    pause_means: |name| {
        format!("Pendant la pause, {name} ne voit rien. Vous pouvez reprendre à tout moment.")
    },
    pause_until: "En pause jusqu’au",
    pause_hint: "Laissez vide pour une pause jusqu’à ce que vous repreniez.",
    pause_wrong: |last| format!("Choisissez un jour après aujourd’hui, et au plus tard le {last}."),
    resume: "Reprendre",
    resume_means: |name| format!("Pour l’instant, {name} ne voit rien."),
    stop: "Arrêter le partage",
    stop_question: |name| format!("Arrêter le partage avec {name}\u{a0}?"),
    stop_means: |name| {
        format!(
            "{name} perd l’accès immédiatement, mais garde ce qui a déjà été reçu\u{a0}; vous pouvez en demander \
             l’effacement. Pour partager de nouveau, il faudrait y recommencer."
        )
    },
    stop_all: "Arrêter tout partage",
    stop_all_question: "Arrêter tout partage\u{a0}?",
    stop_all_means: |names| {
        format!(
            "L’accès prend fin immédiatement pour\u{a0}: {names}. Ce qui a déjà été reçu est conservé\u{a0}; vous pouvez en \
             demander l’effacement."
        )
    },
    remove_question: |account| format!("Ne plus partager {account}\u{a0}?"),
    remove_means: |name| {
        format!(
            "{name} perd immédiatement l’accès à ce compte et garde l’accès aux autres. Vous ne pourrez pas le \
             rajouter ici\u{a0}; {name} devrait vous le redemander."
        )
    },
    keep: "Continuer le partage",

    your_approval: "Votre accord",
    approval_asked: |name| {
        format!(
            "Une personne qui détient ces comptes avec vous veut les partager avec {name}. Rien n’en est partagé sans votre accord."
        )
    },
    approval_given: |name| {
        format!(
            "Vous avez accepté. Si vous retirez votre accord, {name} perd immédiatement l’accès à ces comptes."
        )
    },
    approval_withdrawn: |name| {
        format!("Vous n’avez pas accepté. {name} ne voit rien de ces comptes sans votre accord.")
    },
    approve: "Accepter",
    refuse: "Ne pas accepter",
    withdraw: "Retirer mon accord",

    done,
    member: super::member::french,
};

const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];

fn date(instant: Instant) -> String {
    let month = MONTHS.get(instant.month0() as usize).copied().unwrap_or_default();
    let day = match instant.day() {
        1 => "1er".to_owned(),
        day => day.to_string(),
    };
    format!("{day} {month} {}", instant.year())
}

fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "stopped" => "Le partage est arrêté.",
        "stopped-all" => "Tout partage est arrêté.",
        "paused" => "Le partage est en pause.",
        "resumed" => "Le partage a repris.",
        "removed" => "Le compte n’est plus partagé.",
        "approved" => "Vous avez accepté.",
        "withdrawn" => "Vous n’acceptez pas. Rien de ces comptes n’est partagé.",
        _ => return None,
    })
}
