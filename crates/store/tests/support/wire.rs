//! A wire to a database server that can be cut at the worst moment.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering},
    },
    thread,
};

/// What happens to the next commit.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Fate {
    /// Nothing.
    Passes,
    /// The wire is cut before the server hears of it.
    Unheard,
    /// The server hears of it, and its answer is lost.
    Unanswered,
    /// As before, and from then on nobody gets through.
    LastWord,
    /// Nobody gets through.
    Gone,
}

/// Passes bytes on to a server.
pub struct Wire {
    address: SocketAddr,
    fate: Arc<AtomicU8>,
    trips: Arc<AtomicUsize>,
}

impl Wire {
    /// To the server of a `postgres://` URL; gives the URL through this wire, too.
    pub fn to(url: &str) -> (Self, String) {
        let rest = url.split_once('@').unwrap().1;
        let server = rest.split_once('/').unwrap().0.to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let fate = Arc::new(AtomicU8::new(Fate::Passes as u8));
        let through = url.replace(&server, &address.to_string());
        let (shared, trips) = (fate.clone(), Arc::new(AtomicUsize::new(0)));
        let counted = trips.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if shared.load(Ordering::SeqCst) != Fate::Gone as u8 {
                    let (server, fate) = (TcpStream::connect(&server).unwrap(), shared.clone());
                    let trips = counted.clone();
                    thread::spawn(move || pass_on(&client, &server, &fate, &trips));
                }
            }
        });
        (Self { address, fate, trips }, through)
    }

    /// Decides what happens to the next commit.
    pub fn set(&self, fate: Fate) {
        self.fate.store(fate as u8, Ordering::SeqCst);
    }

    /// How often the server was asked something after it had answered.
    pub fn trips(&self) -> usize {
        self.trips.load(Ordering::SeqCst)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

fn pass_on(client: &TcpStream, server: &TcpStream, fate: &AtomicU8, trips: &AtomicUsize) {
    let answered = AtomicBool::new(true);
    thread::scope(|scope| {
        scope.spawn(|| {
            // Answers; when the client's side was cut, they are heard to their end, and lost.
            let _ = copy(server, |bytes| {
                answered.store(true, Ordering::SeqCst);
                drop((&*client).write_all(bytes));
            });
            let _ = client.shutdown(Shutdown::Both);
        });
        let _ = copy(client, |bytes| {
            if answered.swap(false, Ordering::SeqCst) {
                trips.fetch_add(1, Ordering::SeqCst);
            }
            let commits = bytes.windows(7).any(|window| window == b"COMMIT\0");
            match fate.load(Ordering::SeqCst) {
                passes if !commits || passes == Fate::Passes as u8 => {
                    let _ = (&*server).write_all(bytes);
                }
                cut => {
                    let last = cut == Fate::LastWord as u8;
                    fate.store(
                        if last { Fate::Gone } else { Fate::Passes } as u8,
                        Ordering::SeqCst,
                    );
                    let _ = client.shutdown(Shutdown::Both);
                    if cut != Fate::Unheard as u8 {
                        let _ = (&*server).write_all(bytes);
                    }
                }
            }
        });
        let _ = server.shutdown(Shutdown::Write);
    });
}

fn copy(mut from: &TcpStream, mut to: impl FnMut(&[u8])) -> std::io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            count => to(&buffer[..count]),
        }
    }
}
