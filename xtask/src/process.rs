//! A process that ends with us: killed when its handle goes, also when a measure fails or panics.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};

use crate::Result;

/// A signal by the name that `kill` knows.
#[derive(Clone, Copy)]
pub enum Signal {
    /// Stop in good order.
    Term,
    /// PostgreSQL's fast stop.
    Int,
    /// Stand still.
    Stop,
    /// Go on.
    Cont,
}

/// Between two looks whether a process has ended. Waiting is asynchronous, so that an interrupt gets through.
const POLL: Duration = Duration::from_millis(5);

pub struct Process(Child);

impl Process {
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        Ok(Self(
            command.spawn().map_err(|error| format!("{program}: {error}"))?,
        ))
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    pub fn has_ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }

    /// Asks it to stop and waits; an error when it takes longer than `limit` or does not end well.
    pub async fn stop(mut self, signal: Signal, limit: Duration) -> Result<()> {
        self.signal(signal)?;
        let deadline = Instant::now() + limit;
        loop {
            match self.has_ended()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => {
                    return Err(format!("a process that was asked to stop ended with {status}").into());
                }
                None if Instant::now() > deadline => {
                    return Err(format!("a process did not stop within {} s", limit.as_secs()).into());
                }
                None => tokio::time::sleep(POLL).await,
            }
        }
    }

    /// What it wrote to stdout by the time it ended; an error with its stderr unless it ended well. Both must be
    /// pipes, and together less than the 64 KiB that a pipe holds.
    pub async fn output(mut self) -> Result<String> {
        let status = loop {
            match self.has_ended()? {
                Some(status) => break status,
                None => tokio::time::sleep(POLL).await,
            }
        };
        let (mut said, mut complained) = (String::new(), String::new());
        if let (Some(stdout), Some(stderr)) = (&mut self.0.stdout, &mut self.0.stderr) {
            stdout.read_to_string(&mut said)?;
            stderr.read_to_string(&mut complained)?;
        }
        if status.success() {
            Ok(said)
        } else {
            Err(complained.into())
        }
    }

    /// By way of the shell: a signal from Rust itself needs `unsafe`, and Debian's `kill` is a package of its own.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let name = match signal {
            Signal::Term => "TERM",
            Signal::Int => "INT",
            Signal::Stop => "STOP",
            Signal::Cont => "CONT",
        };
        let pid = self.0.id().to_string();
        let status = Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", name, &pid])
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("process {pid} is not there any more").into())
        }
    }

    /// SIGKILL for it and for the processes that it started.
    pub fn kill_all(self) -> Result<()> {
        let id = self.0.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"))?;
        let all = format!("{id} {children}");
        // One that has ended meanwhile is no fault.
        Command::new("sh")
            .args(["-c", "kill -s KILL $0", &all])
            .stderr(std::process::Stdio::null())
            .status()?;
        Ok(())
    }

    /// The most memory it ever had, in MiB: VmHWM.
    pub fn peak_mib(&self) -> Result<f64> {
        let status =
            std::fs::read_to_string(Path::new("/proc").join(self.0.id().to_string()).join("status"))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .ok_or("no VmHWM in /proc")?;
        let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024.0)
    }
}

impl Drop for Process {
    /// Harmless when it has already ended: the handle remembers.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
