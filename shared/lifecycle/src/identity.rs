//! Who the consumer of a grant is, as far as anybody can say at this moment: what the consent application told with its
//! approval, and for the rest the bank's record as it is now. What of that goes out is not decided here.

use domain::{IdentityClaims, UserId};
use store::{StoreError, Tx, customers::CustomerRecord};

/// What is told of a consumer: the application's own words first, since those were on the consumer's screen.
pub fn known(told: IdentityClaims, record: Option<CustomerRecord>) -> IdentityClaims {
    match record {
        None => told,
        Some(CustomerRecord {
            customer,
            claims,
            updated_at,
        }) => told.over(disclosure::identity(&customer, &claims, updated_at)),
    }
}

/// The claims of these names. Reads the record only where there is a name.
pub(crate) fn read<'a>(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    told: IdentityClaims,
    names: impl Iterator<Item = &'a str>,
) -> Result<IdentityClaims, StoreError> {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return Ok(IdentityClaims::default());
    }
    let record = store::customers::find(tx, user_id)?;
    Ok(known(told, record).only(names))
}
