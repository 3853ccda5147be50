//! The words of a receipt's page. They speak of the consumer by name and not as "you": what is printed is shown to others.

/// The words, in one language. Functions take the recipient's name unless they say otherwise.
pub(crate) struct ReceiptText {
    /// What happened, as a sentence, by the action of the ledger.
    pub(crate) happened: fn(&str, &str) -> String,
    pub(crate) change: &'static str,
    pub(crate) when: &'static str,
    pub(crate) by: &'static str,
    pub(crate) holder: &'static str,
    pub(crate) bank: &'static str,
    pub(crate) by_itself: &'static str,
    pub(crate) with: &'static str,
    /// Those who stand between the recipient and the bank.
    pub(crate) through: fn(&str) -> String,
    pub(crate) why: &'static str,
    /// A reason of the ledger; nothing for one that has no words.
    pub(crate) reason: fn(&str) -> Option<&'static str>,
    pub(crate) afterwards: &'static str,
    /// The instant by which it ends if nobody ends it before.
    pub(crate) ends: fn(&str) -> String,
    /// The instant when it ended.
    pub(crate) ended: fn(&str) -> String,
    /// The instant until which it is paused.
    pub(crate) paused_until: fn(&str) -> String,
    pub(crate) may_see: fn(&str) -> String,
    /// The same of a connection that is paused.
    pub(crate) may_see_later: fn(&str) -> String,
    /// The same of a connection that has ended.
    pub(crate) could_see: fn(&str) -> String,
    pub(crate) identity_only: fn(&str) -> String,
    pub(crate) to_check: &'static str,
    pub(crate) is_a_page: &'static str,
    pub(crate) download: &'static str,
    /// The id of the key, and the type of the file.
    pub(crate) checked_with: fn(&str, &str) -> String,
    pub(crate) keys_change: &'static str,
    pub(crate) connection: &'static str,
    pub(crate) number: &'static str,
    pub(crate) fingerprint: &'static str,
    pub(crate) print: &'static str,
}

pub(super) const ENGLISH: ReceiptText = ReceiptText {
    happened: |action, name| match action {
        "GRANTED" => format!("Sharing with {name} was allowed"),
        "PARTIALLY_GRANTED" => format!("Sharing with {name} was allowed; another holder has yet to agree"),
        "APPROVED" => format!("A holder of the accounts agreed to sharing with {name}"),
        "WITHDRAWN" => format!("A holder of the accounts does not agree to sharing with {name}"),
        "MODIFIED" => format!("Accounts were removed from what is shared with {name}"),
        "HELD" => format!("Sharing with {name} was paused"),
        "RESUMED" => format!("Sharing with {name} was resumed"),
        "REVOKED" => format!("Sharing with {name} was stopped"),
        "EXPIRED" => format!("The time for sharing with {name} ran out"),
        "CONSUMED" => format!("The one use by {name} is over"),
        "SUPERSEDED" => format!("Sharing with {name} was renewed by another connection"),
        "REFUSED" => "A change came too late and changed nothing".into(),
        _ => format!("Sharing with {name} was changed"),
    },
    change: "What happened",
    when: "When",
    by: "By whom",
    holder: "A holder of the accounts",
    bank: "The bank",
    by_itself: "By itself",
    with: "With whom",
    through: |others| format!("Through {others}"),
    why: "Why",
    reason: |reason| {
        Some(match reason {
            "USER_ACTION" => "The consumer wanted it.",
            "BUSINESS_RULE" => "A rule of the bank or of the recipient.",
            "SECURITY_EVENT" => "For security.",
            "ALREADY_ENDED" => "It had ended before.",
            "UNCHANGED" => "It was so already.",
            "ALREADY_DECIDED" => "It had been decided before.",
            _ => return None,
        })
    },
    afterwards: "After this",
    ends: |moment| format!("Ends by itself on {moment}"),
    ended: |moment| format!("Ended on {moment}"),
    paused_until: |moment| format!("Paused until {moment}"),
    may_see: |name| format!("What {name} may see"),
    may_see_later: |name| format!("What {name} may see when sharing resumes"),
    could_see: |name| format!("What {name} could see before"),
    identity_only: |name| format!("{name} may know who the consumer is, and sees no account."),
    to_check: "To check it",
    is_a_page: "This page is for people to read. The receipt itself is a file that the bank has signed: whoever has it can check \
                that the bank says this, and that not a word was changed.",
    download: "Download the signed receipt",
    checked_with: |key, kind| {
        format!(
            "The file is a compact JWS (RFC 7515) of type {kind}. Its signature is checked with the key {key}, one of those that the bank publishes at:"
        )
    },
    keys_change: "The bank changes its keys from time to time. A receipt that is downloaded again can always be checked.",
    connection: "Connection",
    number: "Change number",
    fingerprint: "Fingerprint of this change",
    print: "Print this page to keep it on paper.",
};

pub(super) const SPANISH: ReceiptText = ReceiptText {
    happened: |action, name| match action {
        "GRANTED" => format!("Se permitió compartir con {name}"),
        "PARTIALLY_GRANTED" => format!("Se permitió compartir con {name}; falta que acepte otro titular"),
        "APPROVED" => format!("Un titular de las cuentas aceptó compartir con {name}"),
        "WITHDRAWN" => format!("Un titular de las cuentas no acepta compartir con {name}"),
        "MODIFIED" => format!("Se quitaron cuentas de lo que se comparte con {name}"),
        "HELD" => format!("Se pausó lo que se comparte con {name}"),
        "RESUMED" => format!("Se reanudó lo que se comparte con {name}"),
        "REVOKED" => format!("Se dejó de compartir con {name}"),
        "EXPIRED" => format!("Venció el plazo para compartir con {name}"),
        "CONSUMED" => format!("Terminó el único uso de {name}"),
        "SUPERSEDED" => format!("Otra conexión renovó lo que se comparte con {name}"),
        "REFUSED" => "Un cambio llegó tarde y no cambió nada".into(),
        _ => format!("Se cambió lo que se comparte con {name}"),
    },
    change: "Qué pasó",
    when: "Cuándo",
    by: "Quién lo hizo",
    holder: "Un titular de las cuentas",
    bank: "El banco",
    by_itself: "Nadie: ocurrió por sí solo",
    with: "Con quién",
    through: |others| format!("A través de {others}"),
    why: "Por qué",
    reason: |reason| {
        Some(match reason {
            "USER_ACTION" => "El consumidor lo quiso.",
            "BUSINESS_RULE" => "Por una norma del banco o del destinatario.",
            "SECURITY_EVENT" => "Por seguridad.",
            "ALREADY_ENDED" => "Ya había terminado.",
            "UNCHANGED" => "Ya estaba así.",
            "ALREADY_DECIDED" => "Ya se había decidido.",
            _ => return None,
        })
    },
    afterwards: "Después de esto",
    ends: |moment| format!("Termina por sí sola el {moment}"),
    ended: |moment| format!("Terminó el {moment}"),
    paused_until: |moment| format!("En pausa hasta el {moment}"),
    may_see: |name| format!("Qué puede ver {name}"),
    may_see_later: |name| format!("Qué podrá ver {name} cuando se reanude"),
    could_see: |name| format!("Qué podía ver {name} antes"),
    identity_only: |name| format!("{name} puede saber quién es el consumidor y no ve ninguna cuenta."),
    to_check: "Para comprobarlo",
    is_a_page: "Esta página es para leerla. El recibo en sí es un archivo firmado por el banco: quien lo tenga puede comprobar que \
                el banco dice esto y que no se cambió ni una palabra.",
    download: "Descargar el recibo firmado",
    checked_with: |key, kind| {
        format!(
            "El archivo es un JWS compacto (RFC 7515) de tipo {kind}. Su firma se comprueba con la clave {key}, una de las que el banco publica en:"
        )
    },
    keys_change: "El banco cambia sus claves de vez en cuando. Un recibo que se descarga de nuevo siempre se puede comprobar.",
    connection: "Conexión",
    number: "Número del cambio",
    fingerprint: "Huella de este cambio",
    print: "Imprima esta página para guardarla en papel.",
};

pub(super) const FRENCH: ReceiptText = ReceiptText {
    happened: |action, name| match action {
        "GRANTED" => format!("Le partage avec {name} a été autorisé"),
        "PARTIALLY_GRANTED" => {
            format!("Le partage avec {name} a été autorisé\u{a0}; un autre titulaire doit encore accepter")
        }
        "APPROVED" => format!("Un titulaire des comptes a accepté le partage avec {name}"),
        "WITHDRAWN" => format!("Un titulaire des comptes n’accepte pas le partage avec {name}"),
        "MODIFIED" => format!("Des comptes ont été retirés du partage avec {name}"),
        "HELD" => format!("Le partage avec {name} a été mis en pause"),
        "RESUMED" => format!("Le partage avec {name} a repris"),
        "REVOKED" => format!("Le partage avec {name} a été arrêté"),
        "EXPIRED" => format!("Le délai du partage avec {name} a expiré"),
        "CONSUMED" => format!("L’unique utilisation par {name} est terminée"),
        "SUPERSEDED" => format!("Le partage avec {name} a été renouvelé par une autre connexion"),
        "REFUSED" => "Un changement est arrivé trop tard et n’a rien changé".into(),
        _ => format!("Le partage avec {name} a été modifié"),
    },
    change: "Ce qui s’est passé",
    when: "Quand",
    by: "Par qui",
    holder: "Un titulaire des comptes",
    bank: "La banque",
    by_itself: "De lui-même",
    with: "Avec qui",
    through: |others| format!("Par l’intermédiaire de {others}"),
    why: "Pourquoi",
    reason: |reason| {
        Some(match reason {
            "USER_ACTION" => "Le consommateur l’a voulu.",
            "BUSINESS_RULE" => "Par une règle de la banque ou du destinataire.",
            "SECURITY_EVENT" => "Par sécurité.",
            "ALREADY_ENDED" => "C’était déjà terminé.",
            "UNCHANGED" => "C’était déjà le cas.",
            "ALREADY_DECIDED" => "C’était déjà décidé.",
            _ => return None,
        })
    },
    afterwards: "Ensuite",
    ends: |moment| format!("Prend fin de lui-même le {moment}"),
    ended: |moment| format!("Terminé le {moment}"),
    paused_until: |moment| format!("En pause jusqu’au {moment}"),
    may_see: |name| format!("Ce que {name} peut voir"),
    may_see_later: |name| format!("Ce que {name} pourra voir à la reprise"),
    could_see: |name| format!("Ce que {name} pouvait voir avant"),
    identity_only: |name| format!("{name} peut savoir qui est le consommateur, et ne voit aucun compte."),
    to_check: "Pour le vérifier",
    is_a_page: "Cette page est faite pour être lue. Le reçu lui-même est un fichier signé par la banque\u{a0}: qui le détient peut \
                vérifier que la banque affirme ceci, et que pas un mot n’a changé.",
    download: "Télécharger le reçu signé",
    checked_with: |key, kind| {
        format!(
            "Le fichier est un JWS compact (RFC 7515) de type {kind}. Sa signature se vérifie avec la clé {key}, l’une de celles que la banque publie à l’adresse\u{a0}:"
        )
    },
    keys_change: "La banque change parfois de clés. Un reçu que l’on télécharge de nouveau peut toujours être vérifié.",
    connection: "Connexion",
    number: "Numéro du changement",
    fingerprint: "Empreinte de ce changement",
    print: "Imprimez cette page pour la garder sur papier.",
};
