//! Issues certificates and revocation lists.

use domain::Instant;
use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    error::ErrorStack,
    hash::MessageDigest,
    pkey::{PKey, PKeyRef, Private},
    x509::{
        CrlNumber, X509, X509Builder, X509CrlBuilder, X509Name, X509NameRef, X509Ref, X509RevokedBuilder,
        extension::{
            AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName,
            SubjectKeyIdentifier,
        },
    },
};

use super::{AlternativeName, Issued, Role, Template, serial};

/// A certificate that signs others, with its key.
#[derive(Debug)]
pub struct Authority {
    pub(super) issued: Issued,
}

/// Who signs: an authority, or the key itself.
struct Issuer<'a> {
    certificate: Option<&'a X509Ref>,
    name: &'a X509NameRef,
    key: &'a PKeyRef<Private>,
}

impl Authority {
    /// A root of this common name, good for ten years.
    ///
    /// # Errors
    /// What openssl says; also of every other function here.
    pub fn create(common_name: &str, now: Instant) -> Result<Self, ErrorStack> {
        Ok(Self::self_signed(&Template::authority(common_name, now))?.into_authority())
    }

    /// The authority whose certificate and unencrypted key these are, to go on with one made before.
    ///
    /// # Errors
    /// When either cannot be read.
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> Result<Self, ErrorStack> {
        let certificate = X509::from_pem(certificate)?;
        let key = PKey::private_key_from_pem_callback(key, |_| Ok(0))?;
        Ok(Self {
            issued: Issued {
                certificate,
                key,
                chain: Vec::new(),
            },
        })
    }

    /// A certificate that its own key signs.
    ///
    /// # Errors
    /// What openssl says.
    pub fn self_signed(template: &Template) -> Result<Issued, ErrorStack> {
        let key = template.key.generate()?;
        let name = name(template)?;
        let issuer = Issuer {
            certificate: None,
            name: &name,
            key: &key,
        };
        let certificate = sign(template, &key, &issuer)?;
        Ok(Issued {
            certificate,
            key,
            chain: Vec::new(),
        })
    }

    /// A certificate that this authority signs, with a new key.
    ///
    /// # Errors
    /// What openssl says.
    pub fn issue(&self, template: &Template) -> Result<Issued, ErrorStack> {
        let Issued {
            certificate,
            key,
            chain,
        } = &self.issued;
        let leaf_key = template.key.generate()?;
        let issuer = Issuer {
            certificate: Some(certificate),
            name: certificate.subject_name(),
            key,
        };
        let leaf = sign(template, &leaf_key, &issuer)?;
        // A root has no chain above it, and is not sent along.
        let is_root = certificate
            .subject_name()
            .try_cmp(certificate.issuer_name())?
            .is_eq();
        let own = (!is_root).then(|| certificate.clone());
        let chain = own.into_iter().chain(chain.iter().cloned()).collect();
        Ok(Issued {
            certificate: leaf,
            key: leaf_key,
            chain,
        })
    }

    /// Its own certificate.
    pub fn certificate(&self) -> &X509Ref {
        self.issued.certificate()
    }

    /// Its own certificate as PEM: what others put among their authorities.
    ///
    /// # Errors
    /// What openssl says.
    pub fn certificate_pem(&self) -> Result<Vec<u8>, ErrorStack> {
        self.issued.certificate.to_pem()
    }

    /// Its private key as PKCS #8 PEM, not encrypted, for [`Self::from_pem`].
    ///
    /// # Errors
    /// What openssl says.
    pub fn key_pem(&self) -> Result<Vec<u8>, ErrorStack> {
        self.issued.key_pem()
    }

    /// A revocation list (PEM) of these certificates, valid between the two instants.
    ///
    /// # Errors
    /// What openssl says.
    pub fn revocation_list(
        &self,
        revoked: &[&X509Ref],
        issued_at: Instant,
        next_at: Instant,
    ) -> Result<Vec<u8>, ErrorStack> {
        let issued_at = Asn1Time::from_unix(issued_at.timestamp())?;
        let mut list = X509CrlBuilder::new()?;
        list.set_issuer_name(self.certificate().subject_name())?;
        list.set_last_update(&issued_at)?;
        list.set_next_update(&*Asn1Time::from_unix(next_at.timestamp())?)?;
        // The binding builds this extension only in the frame of a certificate; any will do.
        let frame = X509Builder::new()?;
        let context = frame.x509v3_context(Some(self.certificate()), None);
        list.append_extension(AuthorityKeyIdentifier::new().keyid(true).build(&context)?)?;
        list.append_extension(CrlNumber::new(BigNum::from_u32(1)?)?.build()?)?;
        for certificate in revoked {
            let mut entry = X509RevokedBuilder::new()?;
            entry.set_serial_number(certificate.serial_number())?;
            entry.set_revocation_date(&issued_at)?;
            list.add_revoked(entry.build())?;
        }
        list.sign(&self.issued.key, MessageDigest::sha256())?;
        list.build()?.to_pem()
    }
}

fn sign(template: &Template, key: &PKeyRef<Private>, issuer: &Issuer<'_>) -> Result<X509, ErrorStack> {
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*serial()?.to_asn1_integer()?)?;
    builder.set_subject_name(&*name(template)?)?;
    builder.set_issuer_name(issuer.name)?;
    builder.set_not_before(&*Asn1Time::from_unix(template.valid_from.timestamp())?)?;
    builder.set_not_after(&*Asn1Time::from_unix(template.valid_until.timestamp())?)?;
    builder.set_pubkey(key)?;
    extend(&mut builder, template, issuer)?;
    builder.sign(issuer.key, MessageDigest::sha256())?;
    Ok(builder.build())
}

fn name(template: &Template) -> Result<X509Name, ErrorStack> {
    let mut name = X509Name::builder()?;
    for (kind, value) in &template.subject {
        name.append_entry_by_text(kind, value)?;
    }
    Ok(name.build())
}

fn extend(builder: &mut X509Builder, template: &Template, issuer: &Issuer<'_>) -> Result<(), ErrorStack> {
    let mut basic = BasicConstraints::new();
    let mut usage = KeyUsage::new();
    match template.role {
        Role::Authority { path_length } => {
            basic.critical().ca();
            if let Some(path_length) = path_length {
                basic.pathlen(path_length);
            }
            usage.critical().key_cert_sign().crl_sign();
        }
        Role::Server => {
            usage.critical().digital_signature().key_encipherment();
            builder.append_extension(ExtendedKeyUsage::new().server_auth().build()?)?;
        }
        Role::Client => {
            usage.critical().digital_signature();
            builder.append_extension(ExtendedKeyUsage::new().client_auth().build()?)?;
        }
    }
    builder.append_extension(basic.build()?)?;
    builder.append_extension(usage.build()?)?;

    let context = builder.x509v3_context(issuer.certificate, None);
    let subject_key = SubjectKeyIdentifier::new().build(&context)?;
    let alternative_names = alternative_names(template)?
        .map(|names| names.build(&context))
        .transpose()?;
    let authority_key = match issuer.certificate {
        Some(_) => Some(AuthorityKeyIdentifier::new().keyid(true).build(&context)?),
        None => None,
    };
    builder.append_extension(subject_key)?;
    for extension in authority_key.into_iter().chain(alternative_names) {
        builder.append_extension(extension)?;
    }
    for extension in &template.extensions {
        builder.append_extension2(extension)?;
    }
    Ok(())
}

fn alternative_names(template: &Template) -> Result<Option<SubjectAlternativeName>, ErrorStack> {
    if template.alternative_names.is_empty() {
        return Ok(None);
    }
    let mut names = SubjectAlternativeName::new();
    for name in &template.alternative_names {
        match name {
            AlternativeName::Dns(name) => names.dns(name),
            AlternativeName::Uri(uri) => names.uri(uri),
            AlternativeName::Ip(address) => names.ip(address),
            AlternativeName::Email(address) => names.email(address),
        };
    }
    Ok(Some(names))
}
