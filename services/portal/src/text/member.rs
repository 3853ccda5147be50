//! Members of FDX entities in plain words, for the preview. One without words here is shown by its FDX name, which is
//! English and nearly always says enough: the table has what accounts of consumers really carry.

/// FDX name, English, Spanish, French. A path is looked up whole first, then without its first part, and so on.
const MEMBERS: &[(&str, [&str; 3])] = &[
    // Accounts.
    (
        "accountId",
        [
            "Id of the account for this recipient",
            "Id de la cuenta para este destinatario",
            "Identifiant du compte pour ce destinataire",
        ],
    ),
    (
        "accountCategory",
        [
            "Category of account",
            "Categoría de cuenta",
            "Catégorie de compte",
        ],
    ),
    (
        "accountType",
        ["Type of account", "Tipo de cuenta", "Type de compte"],
    ),
    (
        "accountNumber",
        [
            "Full account number",
            "Número completo de la cuenta",
            "Numéro complet du compte",
        ],
    ),
    (
        "accountNumberDisplay",
        [
            "Last digits of the account number",
            "Últimos dígitos de la cuenta",
            "Derniers chiffres du compte",
        ],
    ),
    ("productName", ["Product", "Producto", "Produit"]),
    (
        "nickname",
        [
            "Your name for it",
            "Su nombre para ella",
            "Le nom que vous lui donnez",
        ],
    ),
    ("status", ["Status", "Estado", "État"]),
    ("description", ["Description", "Descripción", "Libellé"]),
    ("currency", ["Currency", "Moneda", "Devise"]),
    ("currencyCode", ["Currency", "Moneda", "Devise"]),
    ("accountOpenDate", ["Opened on", "Abierta el", "Ouvert le"]),
    ("accountCloseDate", ["Closed on", "Cerrada el", "Fermé le"]),
    (
        "lastActivityDate",
        ["Last used on", "Último uso", "Dernière utilisation"],
    ),
    (
        "lineOfBusiness",
        ["Line of business", "Línea de negocio", "Secteur d’activité"],
    ),
    (
        "fiAttributes",
        [
            "The bank’s own details",
            "Detalles propios del banco",
            "Détails propres à la banque",
        ],
    ),
    (
        "transferIn",
        [
            "Can receive transfers",
            "Puede recibir transferencias",
            "Peut recevoir des virements",
        ],
    ),
    (
        "transferOut",
        [
            "Can send transfers",
            "Puede enviar transferencias",
            "Peut envoyer des virements",
        ],
    ),
    (
        "billPayStatus",
        ["Bill payment", "Pago de facturas", "Paiement de factures"],
    ),
    // Balances.
    ("balanceAsOf", ["Balance as of", "Saldo a fecha de", "Solde au"]),
    (
        "balanceType",
        ["Asset or liability", "Activo o pasivo", "Actif ou passif"],
    ),
    (
        "currentBalance",
        ["Current balance", "Saldo actual", "Solde actuel"],
    ),
    (
        "availableBalance",
        ["Available balance", "Saldo disponible", "Solde disponible"],
    ),
    (
        "openingDayBalance",
        [
            "Balance at the start of the day",
            "Saldo al inicio del día",
            "Solde en début de journée",
        ],
    ),
    (
        "principalBalance",
        ["Principal", "Capital pendiente", "Capital restant dû"],
    ),
    (
        "currentValue",
        ["Current value", "Valor actual", "Valeur actuelle"],
    ),
    (
        "availableCashBalance",
        ["Cash available", "Efectivo disponible", "Liquidités disponibles"],
    ),
    (
        "availableCash",
        ["Cash available", "Efectivo disponible", "Liquidités disponibles"],
    ),
    (
        "availableCredit",
        ["Credit available", "Crédito disponible", "Crédit disponible"],
    ),
    (
        "creditLine",
        ["Credit limit", "Límite de crédito", "Plafond de crédit"],
    ),
    (
        "pastDueAmount",
        ["Amount past due", "Importe vencido", "Montant en retard"],
    ),
    (
        "financeCharges",
        ["Finance charges", "Cargos financieros", "Frais financiers"],
    ),
    (
        "cashAdvanceLimit",
        [
            "Cash advance limit",
            "Límite de disposición de efectivo",
            "Plafond d’avance de fonds",
        ],
    ),
    // Rates and terms.
    (
        "annualPercentageYield",
        ["Annual yield", "Rendimiento anual", "Rendement annuel"],
    ),
    (
        "interestYtd",
        [
            "Interest this year",
            "Intereses de este año",
            "Intérêts de l’année",
        ],
    ),
    (
        "interestRate",
        ["Interest rate", "Tasa de interés", "Taux d’intérêt"],
    ),
    (
        "purchasesApr",
        ["Rate for purchases", "Tasa para compras", "Taux des achats"],
    ),
    (
        "advancesApr",
        [
            "Rate for cash advances",
            "Tasa para disposiciones de efectivo",
            "Taux des avances de fonds",
        ],
    ),
    ("feeSchedule", ["Fees", "Comisiones", "Frais"]),
    ("term", ["Term", "Plazo", "Durée"]),
    ("maturityDate", ["Maturity", "Vencimiento", "Échéance"]),
    (
        "originalPrincipal",
        ["Amount borrowed", "Importe prestado", "Montant emprunté"],
    ),
    (
        "overdraftOptIn",
        ["Overdraft agreed to", "Descubierto aceptado", "Découvert accepté"],
    ),
    ("overdrafted", ["Overdrawn", "En descubierto", "À découvert"]),
    (
        "overdraftProtectionFunded",
        [
            "Overdraft protection",
            "Protección contra descubiertos",
            "Protection contre le découvert",
        ],
    ),
    (
        "underArbitration",
        [
            "Arbitration clause",
            "Cláusula de arbitraje",
            "Clause d’arbitrage",
        ],
    ),
    (
        "cardNetwork",
        ["Card network", "Red de la tarjeta", "Réseau de la carte"],
    ),
    (
        "nextPaymentAmount",
        ["Next payment", "Próximo pago", "Prochain paiement"],
    ),
    (
        "nextPaymentDate",
        [
            "Next payment due on",
            "Fecha del próximo pago",
            "Date du prochain paiement",
        ],
    ),
    (
        "minimumPaymentAmount",
        ["Minimum payment", "Pago mínimo", "Paiement minimum"],
    ),
    ("dueDate", ["Due on", "Vence el", "Échéance"]),
    (
        "totalPaymentDue",
        ["Payment due", "Pago pendiente", "Paiement dû"],
    ),
    ("holdings", ["Holdings", "Valores", "Titres"]),
    (
        "holdingName",
        ["Name of the holding", "Nombre del valor", "Nom du titre"],
    ),
    ("symbol", ["Symbol", "Símbolo", "Symbole"]),
    ("units", ["Units", "Unidades", "Unités"]),
    (
        "marketValue",
        ["Market value", "Valor de mercado", "Valeur de marché"],
    ),
    // Transactions.
    (
        "transactionId",
        [
            "Id of the transaction",
            "Id del movimiento",
            "Identifiant de l’opération",
        ],
    ),
    (
        "transactionType",
        ["Type of transaction", "Tipo de movimiento", "Type d’opération"],
    ),
    (
        "transactionTimestamp",
        ["Made on", "Realizado el", "Effectuée le"],
    ),
    (
        "postedTimestamp",
        ["Booked on", "Contabilizado el", "Comptabilisée le"],
    ),
    ("amount", ["Amount", "Importe", "Montant"]),
    (
        "debitCreditMemo",
        ["Paid or received", "Pagado o recibido", "Payé ou reçu"],
    ),
    ("memo", ["Note", "Nota", "Note"]),
    ("category", ["Category", "Categoría", "Catégorie"]),
    ("subCategory", ["Subcategory", "Subcategoría", "Sous-catégorie"]),
    ("reference", ["Reference", "Referencia", "Référence"]),
    (
        "checkNumber",
        ["Check number", "Número de cheque", "Numéro de chèque"],
    ),
    (
        "cardNumberDisplay",
        [
            "Last digits of the card",
            "Últimos dígitos de la tarjeta",
            "Derniers chiffres de la carte",
        ],
    ),
    (
        "foreignAmount",
        [
            "Amount in foreign currency",
            "Importe en moneda extranjera",
            "Montant en devise étrangère",
        ],
    ),
    (
        "foreignCurrency",
        ["Foreign currency", "Moneda extranjera", "Devise étrangère"],
    ),
    ("transactionPayee", ["Payee", "Beneficiario", "Bénéficiaire"]),
    (
        "merchantId",
        ["Merchant’s id", "Id del comercio", "Identifiant du commerçant"],
    ),
    ("name1", ["Merchant", "Comercio", "Commerçant"]),
    // People.
    ("relationship", ["Your role", "Su función", "Votre rôle"]),
    ("first", ["First name", "Nombre", "Prénom"]),
    ("middle", ["Middle name", "Segundo nombre", "Deuxième prénom"]),
    ("last", ["Last name", "Apellido", "Nom"]),
    ("suffix", ["Suffix", "Sufijo", "Suffixe"]),
    ("prefix", ["Title", "Tratamiento", "Civilité"]),
    ("company", ["Company", "Empresa", "Entreprise"]),
    ("emails", ["Email", "Correo electrónico", "Adresse électronique"]),
    ("addresses", ["Address", "Dirección", "Adresse"]),
    ("line1", ["Street", "Calle", "Rue"]),
    (
        "line2",
        ["Street, continued", "Calle (continuación)", "Rue (suite)"],
    ),
    ("city", ["City", "Ciudad", "Ville"]),
    ("region", ["State or region", "Estado o región", "État ou région"]),
    ("postalCode", ["Postal code", "Código postal", "Code postal"]),
    ("country", ["Country", "País", "Pays"]),
    ("number", ["Number", "Número", "Numéro"]),
    (
        "telephones.number",
        ["Telephone number", "Número de teléfono", "Numéro de téléphone"],
    ),
    ("telephones", ["Telephone", "Teléfono", "Téléphone"]),
    (
        "telephones.number",
        ["Telephone number", "Número de teléfono", "Numéro de téléphone"],
    ),
    (
        "holders.telephones.number",
        ["Telephone number", "Número de teléfono", "Numéro de téléphone"],
    ),
    (
        "addresses.type",
        ["Kind of address", "Tipo de dirección", "Type d’adresse"],
    ),
    (
        "telephones.type",
        ["Kind of telephone", "Tipo de teléfono", "Type de téléphone"],
    ),
    (
        "dateOfBirth",
        ["Date of birth", "Fecha de nacimiento", "Date de naissance"],
    ),
    ("taxId", ["Tax id", "Identificación fiscal", "Identifiant fiscal"]),
    (
        "customerId",
        ["Id of the customer", "Id del cliente", "Identifiant du client"],
    ),
    // Payment networks.
    (
        "bankId",
        ["Routing number", "Número de ruta", "Numéro d’acheminement"],
    ),
    (
        "identifier",
        [
            "Number for payments",
            "Número para pagos",
            "Numéro pour les paiements",
        ],
    ),
    (
        "identifierType",
        ["Kind of number", "Tipo de número", "Type de numéro"],
    ),
    (
        "paymentNetworks.type",
        ["Payment network", "Red de pago", "Réseau de paiement"],
    ),
    (
        "supportsRequestForPayment",
        [
            "Can be asked for payment",
            "Admite solicitudes de pago",
            "Accepte les demandes de paiement",
        ],
    ),
];

pub(super) fn english(name: &str) -> Option<&'static str> {
    find(name).map(|[english, _, _]| english)
}

pub(super) fn spanish(name: &str) -> Option<&'static str> {
    find(name).map(|[_, spanish, _]| spanish)
}

pub(super) fn french(name: &str) -> Option<&'static str> {
    find(name).map(|[_, _, french]| french)
}

fn find(name: &str) -> Option<[&'static str; 3]> {
    let mut rest = Some(name);
    while let Some(path) = rest {
        if let Some((_, words)) = MEMBERS.iter().find(|(member, _)| *member == path) {
            return Some(*words);
        }
        rest = path.split_once('.').map(|(_, last)| last);
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_member_is_found_by_the_longest_end_of_its_path() {
        assert_eq!(english("currentBalance"), Some("Current balance"));
        assert_eq!(french("contact.holders.name.first"), Some("Prénom"));
        assert_eq!(spanish("contact.telephones.number"), Some("Número de teléfono"));
        assert_eq!(english("nothingOfTheKind"), None);
    }

    #[test]
    fn no_member_is_told_twice() {
        let names: BTreeSet<_> = MEMBERS.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), MEMBERS.len());
    }
}
