//! A wire between a node and a server that can be cut in the middle of a commit.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use crate::Result;

/// See the module. Its threads end with the connections, and these with the processes at both ends.
pub struct Wire {
    pub port: u16,
    knife: Arc<Knife>,
}

#[derive(Default)]
struct Knife {
    /// Whether to cut at the next commit.
    is_out: AtomicBool,
    cuts: AtomicU32,
}

impl Wire {
    /// A wire to the server at this port.
    pub fn to(server: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (port, knife) = (listener.local_addr()?.port(), Arc::<Knife>::default());
        let shared = Arc::clone(&knife);
        thread::spawn(move || {
            for node in listener.incoming().flatten() {
                if let Ok(server) = TcpStream::connect(("127.0.0.1", server)) {
                    join(node, server, &shared);
                }
            }
        });
        Ok(Self { port, knife })
    }

    /// The next commit reaches the server, and its answer nobody.
    pub fn cut_the_next_commit(&self) {
        self.knife.is_out.store(true, Ordering::SeqCst);
    }

    /// How often it was cut.
    pub fn cuts(&self) -> u32 {
        self.knife.cuts.load(Ordering::SeqCst)
    }
}

fn join(node: TcpStream, server: TcpStream, knife: &Arc<Knife>) {
    // Answers are small: waiting to fill a packet would slow the node down, and with its lock all others.
    let _ = (node.set_nodelay(true), server.set_nodelay(true));
    let (Ok(from_node), Ok(to_node)) = (node.try_clone(), node.try_clone()) else {
        return;
    };
    let (Ok(from_server), Ok(to_server)) = (server.try_clone(), server.try_clone()) else {
        return;
    };
    let knife = Arc::clone(knife);
    thread::spawn(move || pass(from_node, to_server, Some(&knife)));
    thread::spawn(move || pass(from_server, to_node, None));
}

/// Passes on what is said, until either end closes.
fn pass(mut from: TcpStream, mut to: TcpStream, knife: Option<&Knife>) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        let commits = || bytes[..count].windows(6).any(|word| word == b"COMMIT");
        let knife = knife.filter(|knife| commits() && knife.is_out.swap(false, Ordering::SeqCst));
        if let Some(knife) = knife {
            knife.cuts.fetch_add(1, Ordering::SeqCst);
            // Nothing of the answer gets through.
            let _ = from.shutdown(Shutdown::Both);
        }
        if to.write_all(&bytes[..count]).is_err() || knife.is_some() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
