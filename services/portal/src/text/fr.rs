//! Français.

use chrono::Datelike as _;
use domain::{DataCluster, Instant};

use super::Text;
use crate::{api::UserConsentStatus, refusal::Refusal};

pub(super) static TEXT: Text = Text {
    language: "fr",
    date,
    cluster: |cluster| Some(self::cluster(cluster)),
    category,

    your_connections: "Vos connexions",
    signed_in_as: |name| format!("Session de {name}"),
    sign_out: "Se déconnecter",

    sign_in: "Se connecter",
    username: "Nom d’utilisateur",
    password: "Mot de passe",
    wrong: "Le nom d’utilisateur ou le mot de passe est incorrect.",
    too_often: "Trop d’essais incorrects. Attendez une minute, puis réessayez.",

    wants_to_connect: |name| format!("{name} veut se connecter à vos comptes"),
    sign_in_to_see: "Connectez-vous pour voir ce qui est demandé. Rien n’est partagé sans votre accord.",
    or_deny: "Vous ne vous y attendiez pas ?",
    deny_at_once: "Annuler et ne rien partager",

    asks_for_access: |name| format!("{name} demande à voir les données de vos comptes"),
    asks_who_you_are: |name| format!("{name} demande qui vous êtes"),
    through: |name, others| format!("{name} passe par {others}, qui traitera aussi vos données."),
    registered_as: |entity| format!("Enregistrée sous {entity}"),
    what_it_sees: "Ce qui sera vu",
    identity_only: |name| format!("{name} saura que c’est vous, sans voir ni compte ni solde."),
    told_your_name: |name| format!("Votre nom lui sera communiqué : {name}."),
    which_accounts: "De quels comptes",
    untick: "Décochez un compte pour l’exclure.",
    no_accounts: "Vous n’avez aucun compte qui puisse être partagé.",
    choose_one: "Choisissez au moins un compte, ou ne partagez rien.",
    how_long: "Pour combien de temps",
    for_days: |days, date| match days {
        1 => format!("Pour 1 jour, jusqu’au {date}."),
        days => format!("Pour {days} jours, jusqu’au {date}."),
    },
    once: |date| format!("Une seule fois, au plus tard le {date}."),
    looks_back: |days| match days {
        1 => "Avec 1 jour d’historique.".into(),
        days => format!("Avec {days} jours d’historique."),
    },
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

    error,
    error_code: "Code",

    connections_intro: "Avec qui vous partagez les données de vos comptes, et avec qui vous les avez partagées.",
    no_connections: "Vous ne partagez les données de vos comptes avec personne.",
    status,
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
    what_is_shared: "Ce qui est partagé",
    what_was_shared: "Ce qui a été partagé",
    accounts: "Comptes",
    history: "Historique",
    action,
    by,

    pause: "Mettre en pause",
    pause_means: |name| {
        format!("Pendant la pause, {name} ne voit rien. Vous pouvez reprendre à tout moment.")
    },
    pause_for: "Durée",
    until_i_resume: "Jusqu’à ce que je reprenne",
    days: |days| format!("{days} jours"),
    resume: "Reprendre",
    resume_means: |name| format!("Pour l’instant, {name} ne voit rien."),
    stop: "Arrêter le partage",
    stop_question: |name| format!("Arrêter le partage avec {name} ?"),
    stop_means: |name| {
        format!(
            "{name} perd l’accès immédiatement, mais garde ce qui a déjà été reçu ; vous pouvez en demander \
             l’effacement. Pour partager de nouveau, il faudrait y recommencer."
        )
    },
    keep: "Continuer le partage",
    done_stopped: "Le partage est arrêté.",
    done_paused: "Le partage est en pause.",
    done_resumed: "Le partage a repris.",
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

const fn cluster(cluster: DataCluster) -> (&'static str, &'static str) {
    match cluster {
        DataCluster::AccountBasic => (
            "Identification du compte",
            "Le nom, le type et les quatre derniers chiffres du compte",
        ),
        DataCluster::AccountDetailed => ("Résumé du compte", "Soldes, plafonds, taux et échéances"),
        DataCluster::Balances => ("Soldes", "Le solde actuel et le solde disponible"),
        DataCluster::Transactions => (
            "Opérations",
            "Chaque entrée et chaque sortie : date, montant et libellé",
        ),
        DataCluster::Investments => ("Placements", "Les titres que vous détenez et leur valeur"),
        DataCluster::Bills => (
            "Factures du compte",
            "Ce que vous devez, le paiement minimum et son échéance",
        ),
        DataCluster::ScheduledPayments => ("Paiements programmés", "Les paiements que vous avez prévus"),
        DataCluster::Statements => ("Relevés", "Vos relevés périodiques, sous forme de documents"),
        DataCluster::Images => ("Images de chèques", "Images de chèques et de reçus"),
        DataCluster::Rewards => (
            "Programmes de fidélité",
            "Points, miles ou remises, et comment vous les avez gagnés",
        ),
        DataCluster::TermsAndConditions => (
            "Conditions du compte",
            "Les taux, frais et plafonds que vous avez acceptés",
        ),
        DataCluster::PaymentSupport => (
            "Numéros de compte",
            "Le numéro complet du compte et celui d’acheminement, avec lesquels on peut déplacer de l’argent",
        ),
        DataCluster::CustomerContact => (
            "Coordonnées",
            "Vos nom, adresse électronique, adresse et téléphone",
        ),
        DataCluster::CustomerPersonal => (
            "Données personnelles sensibles",
            "Votre date de naissance et les derniers chiffres de votre identifiant fiscal",
        ),
        DataCluster::SocialSecurityNumber => (
            "Numéro de sécurité sociale",
            "Votre numéro de sécurité sociale complet",
        ),
        DataCluster::Tax => ("Formulaires fiscaux", "Vos formulaires fiscaux"),
        DataCluster::Transfers => ("Virements", "Les virements entre vos comptes"),
    }
}

fn category(category: &str) -> &'static str {
    match category {
        "DEPOSIT_ACCOUNT" => "Compte de dépôt",
        "LOC_ACCOUNT" => "Carte ou ligne de crédit",
        "LOAN_ACCOUNT" => "Prêt",
        "INVESTMENT_ACCOUNT" => "Compte de placement",
        "INSURANCE_ACCOUNT" => "Assurance",
        "ANNUITY_ACCOUNT" => "Rente",
        "BNPL_ACCOUNT" => "Paiement différé",
        "COMMERCIAL_ACCOUNT" => "Compte d’entreprise",
        "DIGITAL_WALLET" => "Portefeuille numérique",
        _ => "Compte",
    }
}

fn error(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Gone => (
            "Il n’y a plus rien ici",
            "La demande est terminée ou a pris plus de cinq minutes. Revenez d’où vous venez et recommencez.",
        ),
        Refusal::Decided => (
            "C’est déjà décidé",
            "Peut-être dans une autre fenêtre. Revenez d’où vous venez pour voir ce qu’il en est.",
        ),
        Refusal::Ended => ("Cette connexion est déjà terminée", "Plus rien n’est partagé."),
        Refusal::Forged | Refusal::SignedOut => (
            "Ce formulaire n’est plus valable",
            "Par sécurité, il n’a pas été accepté. Revenez en arrière, rechargez la page et réessayez.",
        ),
        Refusal::Busy | Refusal::Unavailable => {
            ("C’est impossible pour l’instant", "Réessayez dans un moment.")
        }
        Refusal::Internal => ("Une erreur s’est produite de notre côté", "Réessayez plus tard."),
    }
}

fn status(status: UserConsentStatus) -> &'static str {
    match status {
        UserConsentStatus::Active => "Active",
        UserConsentStatus::OnHold => "En pause",
        UserConsentStatus::Revoked => "Arrêtée",
        UserConsentStatus::Expired => "Expirée",
        UserConsentStatus::Consumed => "Utilisée une fois",
    }
}

fn action(action: &str) -> &'static str {
    match action {
        "GRANTED" => "Autorisée",
        "REVOKED" => "Arrêtée",
        "HELD" => "Mise en pause",
        "RESUMED" => "Reprise",
        "EXPIRED" => "Expirée",
        "CONSUMED" => "Utilisée",
        _ => "Modifiée",
    }
}

fn by(actor: &str) -> &'static str {
    match actor {
        "CONSUMER" => "par vous",
        "RECIPIENT" => "par l’autre partie",
        "BANK_OPERATOR" => "par votre banque",
        _ => "d’elle-même",
    }
}
