//! Values that the browser keeps for us and can neither read nor change.

use domain::Random;
use jose::seal::{SealError, Sealer};
use serde::{Serialize, de::DeserializeOwned};

/// Longest text that is looked at: a cookie of ours is under 1 kB.
const LONGEST: usize = 4096;

/// Seals JSON as text fit for a cookie or a form.
pub(crate) struct Seal(Sealer);

impl Seal {
    pub(crate) fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }

    /// `value`, readable only through [`Seal::open`] with the same context.
    pub(crate) fn seal(
        &self,
        value: &impl Serialize,
        context: &str,
        random: &dyn Random,
    ) -> Result<String, SealError> {
        let plain = serde_json::to_vec(value).map_err(|_| SealError::NotSealed)?;
        self.0
            .seal(&plain, context.as_bytes(), random)
            .map(jose::base64url)
    }

    /// What was sealed with this context; nothing for anything else.
    pub(crate) fn open<T: DeserializeOwned>(&self, text: &str, context: &str) -> Option<T> {
        if text.len() > LONGEST {
            return None;
        }
        let plain = self
            .0
            .open(&jose::from_base64url(text)?, context.as_bytes())
            .ok()?;
        serde_json::from_slice(&plain).ok()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use jose::seal::MasterKey;

    use super::*;

    pub(crate) fn seal() -> Seal {
        Seal::new(MasterKey::from_bytes([7; 32]).sealer("portal-test").unwrap())
    }

    #[test]
    fn a_value_opens_only_where_it_belongs() {
        let text = seal().seal(&"value", "here", &jose::SystemRandom).unwrap();
        assert_eq!(seal().open::<String>(&text, "here").as_deref(), Some("value"));
        assert_eq!(seal().open::<String>(&text, "there"), None);
        assert_eq!(seal().open::<String>(&format!("{text}A"), "here"), None);
        assert_eq!(seal().open::<String>(&"A".repeat(5000), "here"), None);
    }
}
