//! Français: words for what has a code elsewhere: categories of accounts, states, changes, who made them, why a page is not
//! shown.

use crate::{api::UserConsentStatus, refusal::Refusal};

pub(super) fn category(category: &str) -> &'static str {
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

pub(super) fn error(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Gone => (
            "Cette demande n’est plus ouverte",
            "Elle a reçu une réponse, ou est restée ouverte plus de cinq minutes. Revenez à l’application ou au site qui vous a envoyé ici, et recommencez de là.",
        ),
        Refusal::Absent => (
            "Cette page n’existe pas",
            "L’adresse n’est pas la bonne, ou ce qui s’y trouve ne vous appartient pas.",
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

pub(super) fn status(status: UserConsentStatus) -> &'static str {
    match status {
        UserConsentStatus::Active => "Active",
        UserConsentStatus::OnHold => "En pause",
        UserConsentStatus::Revoked => "Arrêtée",
        UserConsentStatus::Expired => "Expirée",
        UserConsentStatus::Consumed => "Utilisée une fois",
    }
}

pub(super) fn action(action: &str) -> &'static str {
    match action {
        "GRANTED" => "Autorisée",
        "REVOKED" => "Arrêtée",
        "HELD" => "Mise en pause",
        "RESUMED" => "Reprise",
        "MODIFIED" => "Comptes modifiés",
        "APPROVED" => "Acceptée",
        "WITHDRAWN" => "Accord retiré",
        "PARTIALLY_GRANTED" => "Autorisée, en attente d’un autre titulaire",
        "SUPERSEDED" => "Renouvelée",
        "REJECTED" => "Non autorisée",
        "REFUSED" => "Arrivée trop tard",
        "EXPIRED" => "Expirée",
        "CONSUMED" => "Utilisée",
        _ => "Modifiée",
    }
}

pub(super) fn by(actor: &str) -> &'static str {
    match actor {
        "CONSUMER" => "par vous",
        "RECIPIENT" => "par l’autre partie",
        "BANK_OPERATOR" => "par votre banque",
        _ => "d’elle-même",
    }
}
