//! As much of HTTP/1.1 as a callback needs.

use std::{io::Read, net::TcpStream};

pub struct Post {
    head: String,
    pub body: Vec<u8>,
}

impl Post {
    /// The value of a header, or nothing.
    pub fn header(&self, name: &str) -> String {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let found = fields.find(|(its, _)| its.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned()).unwrap_or_default()
    }
}

/// The next request. `None`: the other end is gone. What is read beyond it stays in `buffer`.
pub fn read(mut stream: &TcpStream, buffer: &mut Vec<u8>) -> Option<Post> {
    let mut chunk = [0; 8_192];
    loop {
        if let Some(post) = take(buffer) {
            return Some(post);
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => buffer.extend_from_slice(&chunk[..count]),
        }
    }
}

fn take(buffer: &mut Vec<u8>) -> Option<Post> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    let mut post = Post {
        head,
        body: Vec::new(),
    };
    let length: usize = post
        .header("content-length")
        .parse()
        .expect("a callback has a length");
    let body = end + 4..end + 4 + length;
    post.body = buffer.get(body.clone())?.to_vec();
    buffer.drain(..body.end);
    Some(post)
}

pub fn response(status: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
}
