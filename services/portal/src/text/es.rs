//! Español.

use chrono::Datelike as _;
use domain::Instant;

use super::Text;

mod words;

pub(super) static TEXT: Text = Text {
    language: "es",
    language_name: "Español",
    languages: "Idioma",
    date,
    cluster: |cluster| Some(super::cluster::spanish(cluster)),
    category: words::category,

    your_connections: "Sus conexiones",
    signed_in_as: |name| format!("Sesión de {name}"),
    sign_out: "Cerrar sesión",
    in_utc: "Fechas y horas en UTC.",

    sign_in: "Iniciar sesión",
    username: "Usuario",
    password: "Contraseña",
    wrong: "El usuario o la contraseña no son correctos.",
    too_often: "Demasiados intentos fallidos. Espere un minuto y vuelva a intentarlo.",

    enter_code: "Escriba su código de un solo uso",
    code_intro: "Su aplicación de autenticación muestra seis dígitos, nuevos cada treinta segundos.",
    code: "Código",
    code_wrong: "El código no es correcto o ya se usó. Espere al siguiente.",
    go_on: "Continuar",

    wants_to_connect: |name| format!("{name} quiere conectarse a sus cuentas"),
    sign_in_to_see: "Inicie sesión para ver qué pide. No se comparte nada hasta que usted lo autorice.",
    or_deny: "¿No lo esperaba?",
    deny_at_once: "Cancelar y no compartir nada",

    asks_for_access: |name| format!("{name} pide ver los datos de sus cuentas"),
    asks_who_you_are: |name| format!("{name} pregunta quién es usted"),
    through: |name, others| format!("{name} se conecta a través de {others}, que también tratará sus datos."),
    registered_as: |entity| format!("Inscrita como {entity}"),
    purpose: |purpose| format!("Para qué, en sus propias palabras: {purpose}"),
    replaces: |name| format!("Renueva su conexión actual con {name}, que termina cuando permita esta."),
    what_it_sees: "Qué verá",
    identity_only: |name| format!("{name} sabrá que es usted. No verá ninguna cuenta ni ningún saldo."),
    told_your_name: |name| format!("Se le dirá su nombre: {name}."),
    which_accounts: "De qué cuentas",
    untick: "Desmarque una cuenta para excluirla.",
    no_accounts: "No tiene ninguna cuenta que se pueda compartir.",
    choose_one: "Elija al menos una cuenta, o no comparta nada.",
    choose_shares: "Elegir qué comparte",
    give_a_name: "Darle un nombre",
    shares_some: |some, all| format!("Comparte {some} de {all} tipos de datos"),
    shares_legend: |name, account| format!("Qué puede ver {name} de {account}"),
    part_of: |outer| format!("Parte de «{outer}»"),
    name_it: |name| format!("Su nombre para ella en {name} (opcional)"),
    name_hint: |name| format!("{name} verá este nombre en lugar del que le da el banco."),
    choose_of: |account| format!("Elija al menos un tipo de datos de {account}, o desmarque la cuenta."),
    contained: |inner, outer| {
        format!("«{inner}» es parte de «{outer}». Para excluirlo, excluya también «{outer}».")
    },
    nickname_wrong: "El nombre de una cuenta tiene como máximo 64 caracteres.",
    how_long: "Durante cuánto tiempo",
    for_days: |days, date| match days {
        1 => format!("Durante 1 día, hasta el {date}."),
        days => format!("Durante {days} días, hasta el {date}."),
    },
    once: |date| format!("Una sola vez, no más tarde del {date}."),
    looks_back: |days| match days {
        1 => "Puede ver 1 día hacia atrás.".into(),
        365 => "Puede ver 1 año hacia atrás.".into(),
        days if days % 365 == 0 => format!("Puede ver {} años hacia atrás.", days / 365),
        days => format!("Puede ver {days} días hacia atrás."),
    },
    others_must_agree: |count| match count {
        1 => "Se comparte solo cuando el otro titular haya aceptado.".into(),
        count => format!("Se comparte solo cuando otros {count} titulares hayan aceptado."),
    },
    show_preview: "Mostrar exactamente qué se compartiría",
    preview: "Qué se compartiría hoy",
    preview_means: |name| {
        format!("En esta página se ocultan números, nombres e importes. {name} los recibiría completos.")
    },
    preview_nothing: "Por ahora, nada de este tipo.",
    preview_no_more: "Por ahora, nada más que lo anterior.",
    left_out: |kinds| format!("Excluido: {kinds}"),
    transactions_since: |count, has_more, since| match (count, has_more) {
        (0, _) => format!("Ninguno desde el {since}. Los nuevos se compartirían."),
        (1, false) => format!("1 movimiento desde el {since}, y los nuevos."),
        (count, false) => format!("{count} movimientos desde el {since}, y los nuevos."),
        (count, true) => format!("Más de {count} movimientos desde el {since}, y los nuevos."),
    },
    fields: |count| match count {
        1 => "1 dato".into(),
        count => format!("{count} datos"),
    },
    kinds_of_data: |count| match count {
        1 => "1 tipo de datos".into(),
        count => format!("{count} tipos de datos"),
    },
    stop_any_time: "Puede dejarlo en cualquier momento",
    no_is_nothing: "Si dice que no, no se comparte nada",
    how_to_stop: "Cómo dejar de compartir",
    stop_at: "En cualquier momento, en",
    if_you_deny: |name| {
        format!("Si dice que no, no se comparte nada y se comunica a {name} que usted no aceptó.")
    },
    never_your_password: |name| format!("{name} nunca ve su usuario ni su contraseña."),
    your_decision: "Su decisión",
    allow: "Permitir",
    deny: "No permitir",

    error: words::error,
    error_code: "Código",

    connections_intro: "Con quién comparte los datos de sus cuentas, y con quién los compartió.",
    no_connections: "No comparte los datos de sus cuentas con nadie.",
    waits_for_you: "A la espera de usted",
    sharing_now: "Se comparte ahora",
    over: "Ya no se comparte",
    awaits_approval: "En espera",
    refused: "No aceptada",
    status: words::status,
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
    back_to: |name| format!("Volver a {name}"),
    what_is_shared: "Qué se comparte",
    what_was_shared: "Qué se compartió",
    accounts: "Cuentas",
    shares_all: "Comparte todo lo anterior.",
    shares_only: |kinds| format!("Comparte solo: {kinds}"),
    remove: "Quitar",
    remove_account: |account| format!("Quitar {account}"),
    removed: |date| format!("Quitada el {date}"),
    others_awaited: "Aún no se comparte: falta otro titular.",
    who_read: "Quién leyó qué",
    never_read: "Todavía no se ha leído nada.",
    all_accesses: "Todo lo que se leyó",
    older_reads: "Anteriores",
    accesses_of: |name| format!("Qué ha leído {name}"),
    attended: "con usted presente",
    unattended: "en segundo plano",
    history: "Historial",
    action: words::action,
    by: words::by,
    by_a_holder: "por un titular de las cuentas",
    receipt: "Recibo",
    receipt_of: |action, date| format!("Recibo: {action}, {date}"),
    receipts_mean: "Un recibo está firmado: con él puede demostrar ante cualquiera qué permitió y cuándo terminó.",
    of_receipts: super::receipt::SPANISH,

    pause: "Pausar",
    pause_means: |name| format!("Durante la pausa, {name} no ve nada. Puede reanudar en cualquier momento."),
    pause_until: "Pausar hasta",
    pause_hint: "Déjelo vacío para pausar hasta que usted reanude.",
    pause_wrong: |last| format!("Elija un día posterior a hoy, y no más tarde del {last}."),
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
    stop_all: "Dejar de compartir todo",
    stop_all_question: "¿Dejar de compartir todo?",
    stop_all_means: |names| {
        format!(
            "Pierden el acceso de inmediato: {names}. Conservan lo que ya recibieron, y usted puede pedirles que lo \
             borren."
        )
    },
    remove_question: |account| format!("¿Dejar de compartir {account}?"),
    remove_means: |name| {
        format!(
            "{name} pierde de inmediato el acceso a esta cuenta y conserva el acceso a las demás. Aquí no podrá \
             añadirla de nuevo; {name} tendría que volver a pedírselo."
        )
    },
    keep: "Seguir compartiendo",

    your_approval: "Su aprobación",
    approval_asked: |name| {
        format!(
            "Alguien que es titular de estas cuentas con usted quiere compartirlas con {name}. No se comparte nada de ellas si usted no acepta."
        )
    },
    approval_given: |name| {
        format!(
            "Usted aceptó. Si retira su aprobación, {name} pierde de inmediato el acceso a estas cuentas."
        )
    },
    approval_withdrawn: |name| {
        format!("Usted no aceptó. {name} no ve nada de estas cuentas mientras no acepte.")
    },
    approve: "Aceptar",
    refuse: "No aceptar",
    withdraw: "Retirar mi aprobación",

    done,
    member: super::member::spanish,
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

fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "stopped" => "Ya no se comparte nada con esta conexión.",
        "stopped-all" => "Ya no se comparte nada con nadie.",
        "paused" => "La conexión está en pausa.",
        "resumed" => "La conexión se ha reanudado.",
        "removed" => "La cuenta ya no se comparte.",
        "approved" => "Usted ha aceptado.",
        "withdrawn" => "Usted no acepta. No se comparte nada de estas cuentas.",
        _ => return None,
    })
}
