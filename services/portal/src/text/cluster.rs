//! Data clusters in the languages that the API does not speak: label and description of each.

use domain::DataCluster;

pub(super) const fn spanish(cluster: DataCluster) -> (&'static str, &'static str) {
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

pub(super) const fn french(cluster: DataCluster) -> (&'static str, &'static str) {
    match cluster {
        DataCluster::AccountBasic => (
            "Identification du compte",
            "Le nom, le type et les quatre derniers chiffres du compte",
        ),
        DataCluster::AccountDetailed => ("Résumé du compte", "Soldes, plafonds, taux et échéances"),
        DataCluster::Balances => ("Soldes", "Le solde actuel et le solde disponible"),
        DataCluster::Transactions => (
            "Opérations",
            "Chaque entrée et chaque sortie\u{a0}: date, montant et libellé",
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
