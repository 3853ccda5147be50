//! Español.

use chrono::Datelike as _;
use domain::{DataCluster, Instant};

use super::Text;
use crate::{api::UserConsentStatus, refusal::Refusal};

pub(super) static TEXT: Text = Text {
    language: "es",
    date,
    cluster: |cluster| Some(self::cluster(cluster)),
    category,

    your_connections: "Sus conexiones",
    signed_in_as: |name| format!("Sesión de {name}"),
    sign_out: "Cerrar sesión",

    sign_in: "Iniciar sesión",
    username: "Usuario",
    password: "Contraseña",
    wrong: "El usuario o la contraseña no son correctos.",
    too_often: "Demasiados intentos fallidos. Espere un minuto y vuelva a intentarlo.",

    wants_to_connect: |name| format!("{name} quiere conectarse a sus cuentas"),
    sign_in_to_see: "Inicie sesión para ver qué pide. No se comparte nada hasta que usted lo autorice.",
    or_deny: "¿No lo esperaba?",
    deny_at_once: "Cancelar y no compartir nada",

    asks_for_access: |name| format!("{name} pide ver los datos de sus cuentas"),
    asks_who_you_are: |name| format!("{name} pregunta quién es usted"),
    through: |name, others| format!("{name} se conecta a través de {others}, que también tratará sus datos."),
    registered_as: |entity| format!("Inscrita como {entity}"),
    what_it_sees: "Qué verá",
    identity_only: |name| format!("{name} sabrá que es usted. No verá ninguna cuenta ni ningún saldo."),
    told_your_name: |name| format!("Se le dirá su nombre: {name}."),
    which_accounts: "De qué cuentas",
    untick: "Desmarque una cuenta para excluirla.",
    no_accounts: "No tiene ninguna cuenta que se pueda compartir.",
    choose_one: "Elija al menos una cuenta, o no comparta nada.",
    how_long: "Durante cuánto tiempo",
    for_days: |days, date| match days {
        1 => format!("Durante 1 día, hasta el {date}."),
        days => format!("Durante {days} días, hasta el {date}."),
    },
    once: |date| format!("Una sola vez, no más tarde del {date}."),
    looks_back: |days| match days {
        1 => "Puede ver 1 día hacia atrás.".into(),
        days => format!("Puede ver {days} días hacia atrás."),
    },
    how_to_stop: "Cómo dejar de compartir",
    stop_at: "En cualquier momento, en",
    if_you_deny: |name| {
        format!("Si dice que no, no se comparte nada y se comunica a {name} que usted no aceptó.")
    },
    never_your_password: |name| format!("{name} nunca ve su usuario ni su contraseña."),
    your_decision: "Su decisión",
    allow: "Permitir",
    deny: "No permitir",

    error,
    error_code: "Código",

    connections_intro: "Con quién comparte los datos de sus cuentas, y con quién los compartió.",
    no_connections: "No comparte los datos de sus cuentas con nadie.",
    status,
    since: |date| format!("Desde el {date}"),
    until: |date| format!("hasta el {date}"),
    ended: |date| format!("Terminó el {date}"),
    paused_until: |date| format!("En pausa hasta el {date}"),
    account_count: |count| match count {
        0 => "Ninguna cuenta".into(),
        1 => "1 cuenta".into(),
        count => format!("{count} cuentas"),
    },
    older: "Conexiones anteriores",
    back: "Volver a sus conexiones",
    what_is_shared: "Qué se comparte",
    what_was_shared: "Qué se compartió",
    accounts: "Cuentas",
    history: "Historial",
    action,
    by,

    pause: "Pausar",
    pause_means: |name| format!("Durante la pausa, {name} no ve nada. Puede reanudar en cualquier momento."),
    pause_for: "Durante",
    until_i_resume: "Hasta que la reanude",
    days: |days| format!("{days} días"),
    resume: "Reanudar",
    resume_means: |name| format!("Por ahora {name} no ve nada."),
    stop: "Dejar de compartir",
    stop_question: |name| format!("¿Dejar de compartir con {name}?"),
    stop_means: |name| {
        format!(
            "{name} pierde el acceso de inmediato. Conserva lo que ya recibió, y usted puede pedir que lo borre. Para \
             volver a compartir tendría que empezar allí de nuevo."
        )
    },
    keep: "Seguir compartiendo",
    done_stopped: "Ya no se comparte nada.",
    done_paused: "La conexión está en pausa.",
    done_resumed: "La conexión se ha reanudado.",
};

const MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

fn date(instant: Instant) -> String {
    let month = MONTHS.get(instant.month0() as usize).copied().unwrap_or_default();
    format!("{} de {month} de {}", instant.day(), instant.year())
}

const fn cluster(cluster: DataCluster) -> (&'static str, &'static str) {
    match cluster {
        DataCluster::AccountBasic => (
            "Identificación de la cuenta",
            "El nombre, el tipo y los últimos cuatro dígitos de la cuenta",
        ),
        DataCluster::AccountDetailed => ("Resumen de la cuenta", "Saldos, límites, tasas y vencimientos"),
        DataCluster::Balances => ("Saldos", "El saldo actual y el disponible"),
        DataCluster::Transactions => ("Movimientos", "Cada cobro y cada pago: fecha, importe y concepto"),
        DataCluster::Investments => ("Inversiones", "Los valores que tiene y cuánto valen"),
        DataCluster::Bills => (
            "Facturas de la cuenta",
            "Lo que debe, el pago mínimo y cuándo vence",
        ),
        DataCluster::ScheduledPayments => ("Pagos programados", "Los pagos que ha dejado preparados"),
        DataCluster::Statements => ("Estados de cuenta", "Sus estados periódicos, como documentos"),
        DataCluster::Images => ("Imágenes de cheques", "Imágenes de cheques y recibos"),
        DataCluster::Rewards => (
            "Programas de recompensas",
            "Puntos, millas o devoluciones, y cómo los obtuvo",
        ),
        DataCluster::TermsAndConditions => (
            "Condiciones de la cuenta",
            "Las tasas, comisiones y límites que aceptó",
        ),
        DataCluster::PaymentSupport => (
            "Números de cuenta",
            "El número completo de la cuenta y el de ruta, con los que se puede mover dinero",
        ),
        DataCluster::CustomerContact => (
            "Datos de contacto",
            "Su nombre, correo electrónico, dirección y teléfono",
        ),
        DataCluster::CustomerPersonal => (
            "Datos personales sensibles",
            "Su fecha de nacimiento y los últimos dígitos de su identificación fiscal",
        ),
        DataCluster::SocialSecurityNumber => {
            ("Número de seguro social", "Su número de seguro social completo")
        }
        DataCluster::Tax => ("Formularios fiscales", "Sus formularios fiscales"),
        DataCluster::Transfers => ("Transferencias", "Las transferencias entre sus cuentas"),
    }
}

fn category(category: &str) -> &'static str {
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

fn error(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Gone => (
            "Aquí ya no hay nada",
            "La solicitud terminó o tardó más de cinco minutos. Vuelva al lugar de donde vino y empiece de nuevo.",
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

fn status(status: UserConsentStatus) -> &'static str {
    match status {
        UserConsentStatus::Active => "Activa",
        UserConsentStatus::OnHold => "En pausa",
        UserConsentStatus::Revoked => "Terminada",
        UserConsentStatus::Expired => "Vencida",
        UserConsentStatus::Consumed => "Usada una vez",
    }
}

fn action(action: &str) -> &'static str {
    match action {
        "GRANTED" => "Permitida",
        "REVOKED" => "Terminada",
        "HELD" => "En pausa",
        "RESUMED" => "Reanudada",
        "EXPIRED" => "Vencida",
        "CONSUMED" => "Usada",
        _ => "Cambiada",
    }
}

fn by(actor: &str) -> &'static str {
    match actor {
        "CONSUMER" => "por usted",
        "RECIPIENT" => "por la otra parte",
        "BANK_OPERATOR" => "por su banco",
        _ => "por sí sola",
    }
}
