//! Asking the DNS. Handed in, so that a test is the DNS.

use std::{
    io,
    net::{IpAddr, ToSocketAddrs as _},
    pin::Pin,
    sync::Arc,
    thread,
};

use tokio::sync::{Semaphore, oneshot};

/// The addresses of a name, as they are at this moment.
pub trait Lookup: Send + Sync + 'static {
    /// Asks.
    fn addresses(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;
}

/// The machine's own resolver, which cannot be interrupted: a name server that says nothing holds a thread for half a minute,
/// whether or not anybody still waits for it.
///
/// So each question has a thread of its own and none of those that others need, the database's above all (N11); and there
/// are at most so many at a time. Who finds none left waits for one.
#[derive(Debug, Clone)]
pub struct SystemLookup {
    threads: Arc<Semaphore>,
    ask: fn(&str) -> io::Result<Vec<IpAddr>>,
}

impl SystemLookup {
    /// With `most` threads.
    pub fn new(most: usize) -> Self {
        Self {
            threads: Arc::new(Semaphore::new(most)),
            ask: |name| Ok((name, 0).to_socket_addrs()?.map(|address| address.ip()).collect()),
        }
    }
}

impl Lookup for SystemLookup {
    fn addresses(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let (this, name) = (self.clone(), name.to_owned());
        Box::pin(async move {
            let right = this.threads.acquire_owned().await.map_err(io::Error::other)?;
            let (tell, told) = oneshot::channel();
            let look = move || {
                let found = (this.ask)(&name);
                // Whoever asked may have gone.
                let _ = tell.send(found);
                drop(right);
            };
            thread::Builder::new().name("lookup".to_owned()).spawn(look)?;
            told.await.map_err(io::Error::other)?
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Condvar, Mutex},
        time::Duration,
    };

    use super::*;

    /// Whether the DNS speaks.
    static SPEAKS: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());

    /// N11: the DNS says nothing. What else the runtime has to do goes on, and there are no more threads than there may be.
    #[test]
    fn n11_a_silent_name_server_holds_up_nothing_but_lookups() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(1)
            .build()
            .unwrap();
        let lookup = SystemLookup {
            ask: |_| {
                let (speaks, changed) = &SPEAKS;
                drop(changed.wait_while(speaks.lock().unwrap(), |speaks| !*speaks));
                Ok(vec![])
            },
            ..SystemLookup::new(2)
        };
        runtime.block_on(async {
            let soon = |work| tokio::time::timeout(Duration::from_millis(50), work);
            for _ in 0..4 {
                assert!(soon(lookup.addresses("slow.example")).await.is_err());
            }
            assert_eq!(lookup.threads.available_permits(), 0);
            let other = tokio::task::spawn_blocking(|| 7);
            assert_eq!(other.await.unwrap(), 7);
            *SPEAKS.0.lock().unwrap() = true;
            SPEAKS.1.notify_all();
            assert!(lookup.addresses("slow.example").await.unwrap().is_empty());
        });
    }

    #[tokio::test]
    async fn this_machine_is_known() {
        let found = SystemLookup::new(1).addresses("localhost").await.unwrap();
        assert!(found.iter().all(IpAddr::is_loopback) && !found.is_empty());
    }
}
