//! Español: words for what has a code elsewhere: categories of accounts, states, changes, who made them, why a page is not
//! shown.

use crate::{api::UserConsentStatus, refusal::Refusal};

pub(super) fn category(category: &str) -> &'static str {
    match category {
        "DEPOSIT_ACCOUNT" => "Cuenta de depósito",
        "LOC_ACCOUNT" => "Tarjeta o línea de crédito",
        "LOAN_ACCOUNT" => "Préstamo",
        "INVESTMENT_ACCOUNT" => "Cuenta de inversión",
        "INSURANCE_ACCOUNT" => "Seguro",
        "ANNUITY_ACCOUNT" => "Renta vitalicia",
        "BNPL_ACCOUNT" => "Pago aplazado",
        "COMMERCIAL_ACCOUNT" => "Cuenta de empresa",
        "DIGITAL_WALLET" => "Billetera digital",
        _ => "Cuenta",
    }
}

pub(super) fn error(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Gone => (
            "Esta solicitud ya no está abierta",
            "Ya se respondió, o estuvo abierta más de cinco minutos. Vuelva a la aplicación o al sitio que le trajo aquí y empiece de nuevo desde allí.",
        ),
        Refusal::Absent => (
            "Esta página no existe",
            "La dirección no es correcta, o lo que había allí no es suyo.",
        ),
        Refusal::Decided => (
            "Esto ya está decidido",
            "Quizás en otra ventana. Vuelva al lugar de donde vino para ver en qué quedó.",
        ),
        Refusal::Ended => ("Esta conexión ya terminó", "Ya no se comparte nada con ella."),
        Refusal::Forged | Refusal::SignedOut => (
            "Este formulario ha caducado",
            "Por su seguridad no se aceptó. Vuelva atrás, cargue de nuevo la página e inténtelo otra vez.",
        ),
        Refusal::Busy | Refusal::Unavailable => {
            ("Ahora mismo no es posible", "Vuelva a intentarlo en un momento.")
        }
        Refusal::Internal => ("Algo falló de nuestro lado", "Inténtelo más tarde."),
    }
}

pub(super) fn status(status: UserConsentStatus) -> &'static str {
    match status {
        UserConsentStatus::Active => "Activa",
        UserConsentStatus::OnHold => "En pausa",
        UserConsentStatus::Revoked => "Terminada",
        UserConsentStatus::Expired => "Vencida",
        UserConsentStatus::Consumed => "Usada una vez",
    }
}

pub(super) fn action(action: &str) -> &'static str {
    match action {
        "GRANTED" => "Permitida",
        "REVOKED" => "Terminada",
        "HELD" => "En pausa",
        "RESUMED" => "Reanudada",
        "MODIFIED" => "Cuentas cambiadas",
        "APPROVED" => "Aceptada",
        "WITHDRAWN" => "Aprobación retirada",
        "PARTIALLY_GRANTED" => "Permitida, en espera de otro titular",
        "SUPERSEDED" => "Renovada",
        "REJECTED" => "No permitida",
        "REFUSED" => "Llegó demasiado tarde",
        "EXPIRED" => "Vencida",
        "CONSUMED" => "Usada",
        _ => "Cambiada",
    }
}

pub(super) fn by(actor: &str) -> &'static str {
    match actor {
        "CONSUMER" => "por usted",
        "RECIPIENT" => "por la otra parte",
        "BANK_OPERATOR" => "por su banco",
        _ => "por sí sola",
    }
}
