//! A link to something, such as the database, that a test can cut, refuse, or leave silent.

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// How the link behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Everything passes.
    Open,
    /// What is open is cut; who comes is sent away at once.
    Refusing,
    /// What is open is cut; who comes is let in and hears nothing.
    Silent,
    /// Nothing is cut and nothing passes any more, as when a cable is pulled.
    Frozen,
}

/// A port of the loopback that leads to another.
pub struct Link {
    /// Where it is.
    pub port: u16,
    mood: watch::Sender<Mood>,
}

impl Link {
    /// A link to that address, open. It lives on a thread of its own, so that it carries what the end of a test still needs,
    /// until it is dropped.
    pub fn to(host: &str, port: u16) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let here = listener.local_addr().unwrap().port();
        let (mood, changes) = watch::channel(Mood::Open);
        let to = (host.to_owned(), port);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let mut dropped = changes.clone();
                tokio::select! {
                    () = serve(TcpListener::from_std(listener).unwrap(), to, changes) => {}
                    // No mood ever matches: this ends when nobody can change it any more.
                    _ = dropped.wait_for(|_| false) => {}
                }
            });
        });
        Self { port: here, mood }
    }

    /// Changes how it behaves, for what is open as well.
    pub fn set(&self, mood: Mood) {
        let _ = self.mood.send(mood);
    }
}

async fn serve(listener: TcpListener, to: (String, u16), changes: watch::Receiver<Mood>) {
    while let Ok((incoming, _)) = listener.accept().await {
        tokio::spawn(carry(incoming, to.clone(), changes.clone()));
    }
}

async fn carry(mut incoming: TcpStream, to: (String, u16), mut changes: watch::Receiver<Mood>) {
    let mood = *changes.borrow_and_update();
    match mood {
        Mood::Refusing => {}
        Mood::Silent | Mood::Frozen => {
            let _ = changes.changed().await;
        }
        Mood::Open => {
            let Ok(mut outgoing) = TcpStream::connect(to).await else {
                return;
            };
            tokio::select! {
                _ = copy_bidirectional(&mut incoming, &mut outgoing) => return,
                _ = changes.changed() => {}
            }
            // Both ends are held open, and nothing is read from either, until the mood is another.
            let _ = changes.wait_for(|mood| *mood != Mood::Frozen).await;
        }
    }
}
