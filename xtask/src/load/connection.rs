//! One keep-alive connection: a request out, its answer in.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::http;
use crate::Result;

/// An answer, borrowed from its connection until the next exchange.
pub struct Reply<'a> {
    pub status: u16,
    head: &'a [u8],
    pub body: &'a [u8],
}

impl Reply<'_> {
    /// Where it sends the caller.
    pub fn location(&self) -> Result<&str> {
        http::field(self.head, "location").ok_or_else(|| "an answer without a Location".into())
    }
}

pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: Vec::with_capacity(4096),
        })
    }

    /// Sends the whole `request`, reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Reply<'_>> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let framed = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(framed) = http::frame(&self.buffer)? {
                break framed;
            }
        };
        if framed.whole != self.buffer.len() {
            return Err("the server answered more than it was asked".into());
        }
        Ok(Reply {
            status: http::status(&self.buffer)?,
            head: &self.buffer[..framed.head],
            body: &self.buffer[framed.head..],
        })
    }
}
