//! A link to something, such as the database, that a test can cut, refuse, or leave silent.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// How the link behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mood {
    /// Everything passes.
    Open = 0,
    /// What is open is cut; who comes is sent away at once.
    Refusing = 1,
    /// What is open is cut; who comes is let in and hears nothing.
    Silent = 2,
}

/// A port of the loopback that leads to another.
pub struct Link {
    /// Where it is.
    pub port: u16,
    mood: Arc<AtomicU8>,
    changed: watch::Sender<()>,
}

impl Link {
    /// A link to that address, open. It lives on the runtime that calls.
    pub async fn to(host: &str, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().port();
        let (mood, (changed, changes)) = (Arc::new(AtomicU8::new(Mood::Open as u8)), watch::channel(()));
        tokio::spawn(serve(
            listener,
            (host.to_owned(), port),
            Arc::clone(&mood),
            changes,
        ));
        Self {
            port: here,
            mood,
            changed,
        }
    }

    /// Changes how it behaves, for what is open as well.
    pub fn set(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
        let _ = self.changed.send(());
    }
}

async fn serve(listener: TcpListener, to: (String, u16), mood: Arc<AtomicU8>, changes: watch::Receiver<()>) {
    while let Ok((mut incoming, _)) = listener.accept().await {
        let (to, mood, mut changes) = (to.clone(), mood.load(Ordering::SeqCst), changes.clone());
        changes.mark_unchanged();
        tokio::spawn(async move {
            if mood == Mood::Silent as u8 {
                let _ = changes.changed().await;
            } else if mood == Mood::Open as u8
                && let Ok(mut outgoing) = TcpStream::connect(to).await
            {
                tokio::select! {
                    _ = copy_bidirectional(&mut incoming, &mut outgoing) => {}
                    _ = changes.changed() => {}
                }
            }
        });
    }
}
