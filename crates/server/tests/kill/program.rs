//! The program as a process: started, killed, told to stop, and ended with the test whatever happens.

use crate::{
    place::{Place, text},
    waiting::{until, within},
};
use std::{
    fs,
    process::{Child, Command},
    time::Duration,
};

/// How long a start may take on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// How long a stop may take. Source: the promise that it stops within 10 s.
const STOPS_WITHIN: Duration = Duration::from_secs(10);

pub struct Program<'p> {
    place: &'p Place,
    child: Child,
}

impl<'p> Program<'p> {
    /// Starts the sandbox; it is not ready yet.
    pub fn start(place: &'p Place) -> Self {
        let data = place.data();
        // After a kill the file of the start before is still there.
        let _ = fs::remove_file(data.join("sandbox.json"));
        let (listen, book) = (place.listen(), place.book_arguments());
        let mut args = vec!["sandbox", "--data", text(&data), "--listen", &listen];
        args.extend(book.iter().map(String::as_str));
        Self::spawn(place, &args)
    }

    pub fn spawn(place: &'p Place, args: &[&str]) -> Self {
        let child = place.rokad(args).spawn().unwrap();
        Self { place, child }
    }

    /// Waits until it answers. It says so with its description.
    pub fn ready(mut self) -> Self {
        let description = self.place.data().join("sandbox.json");
        until("the program is ready", READY_WITHIN, || {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "it does not start:\n{}", self.place.last_words());
            description.exists()
        });
        self
    }

    /// SIGKILL: nothing of it runs on.
    pub fn kill(&mut self) {
        let ended = self.child.try_wait().unwrap();
        assert!(
            ended.is_none(),
            "it ended by itself:\n{}",
            self.place.last_words()
        );
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Kills it, and starts it anew.
    pub fn restart(&mut self) {
        self.kill();
        *self = Self::start(self.place).ready();
    }

    /// SIGTERM: it has to finish its work and end well.
    pub fn stop(mut self) {
        let sent = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status();
        assert!(sent.unwrap().success(), "kill -TERM");
        let mut ended = None;
        let in_time = within(STOPS_WITHIN, || {
            ended = self.child.try_wait().unwrap();
            ended.is_some()
        });
        assert!(in_time, "it does not stop within {} s", STOPS_WITHIN.as_secs());
        assert!(
            ended.unwrap().success(),
            "it stops badly:\n{}",
            self.place.last_words()
        );
    }
}

impl Drop for Program<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
