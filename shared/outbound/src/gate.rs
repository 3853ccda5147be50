//! How many calls one host gets at a time, so that we are no means of flooding anybody (S10).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Permits per host and port. Holds an entry only for whoever is being called.
#[derive(Debug)]
pub(crate) struct Gate {
    most: usize,
    hosts: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// The right to one call; gone with the value.
pub(crate) struct Permit<'a> {
    gate: &'a Gate,
    authority: String,
    permit: Option<OwnedSemaphorePermit>,
}

impl Gate {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            hosts: Mutex::default(),
        }
    }

    /// Waits for a turn.
    pub(crate) async fn enter(&self, authority: &str) -> Permit<'_> {
        let semaphore = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            let host = hosts
                .entry(authority.to_owned())
                .or_insert_with(|| Arc::new(Semaphore::new(self.most)));
            Arc::clone(host)
        };
        Permit {
            gate: self,
            authority: authority.to_owned(),
            // Nobody closes it.
            permit: semaphore.acquire_owned().await.ok(),
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        drop(self.permit.take());
        let mut hosts = self.gate.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's own is the last one: nobody calls, and nobody waits.
        if hosts
            .get(&self.authority)
            .is_some_and(|host| Arc::strong_count(host) == 1)
        {
            hosts.remove(&self.authority);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn s10_a_host_gets_so_many_at_a_time_and_is_forgotten_afterwards() {
        let gate = Gate::new(2);
        let (one, _two) = (gate.enter("a:443").await, gate.enter("a:443").await);
        let _other = gate.enter("b:443").await;
        let third = gate.enter("a:443");
        tokio::pin!(third);
        let waited = tokio::time::timeout(std::time::Duration::from_millis(20), &mut third).await;
        assert!(waited.is_err());
        drop(one);
        drop(third.await);
        drop(_two);
        assert_eq!(gate.hosts.lock().unwrap().len(), 1);
    }
}
