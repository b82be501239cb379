//! `rokad` as a process: started, listened to, told to stop, and ended with its test whatever happens.

use crate::waiting::{until, within_s};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

/// A running program of the test's own.
pub struct Program {
    child: Child,
    printed: PathBuf,
    logged: PathBuf,
}

/// What a command said, and whether it succeeded.
pub struct Said {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

/// A command line of the real program.
pub fn rokad(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rokad"));
    // What a developer's shell sets must not decide what a test sees.
    command
        .args(args)
        .env_remove("ROKAD_LOG")
        .env_remove("ROKAD_INSTANCE_KEY")
        .stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(args: &[&str]) -> Said {
    let output = rokad(args).output().unwrap();
    Said {
        ok: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Program {
    /// Starts `command`; what it says is appended to files in `logs` that begin with `name`.
    pub fn start(mut command: Command, name: &str, logs: &Path) -> Self {
        let (printed, logged) = (logs.join(format!("{name}.out")), logs.join(format!("{name}.err")));
        let open = |path: &Path| File::options().create(true).append(true).open(path).unwrap();
        let child = command
            .stdout(open(&printed))
            .stderr(open(&logged))
            .spawn()
            .unwrap();
        Self {
            child,
            printed,
            logged,
        }
    }

    /// All that it has printed so far.
    pub fn printed(&self) -> String {
        fs::read_to_string(&self.printed).unwrap()
    }

    /// All that it has logged so far.
    pub fn logged(&self) -> String {
        fs::read_to_string(&self.logged).unwrap()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Sends it a signal: `TERM`, `INT`, `STOP`, `CONT`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([format!("-{name}"), self.id().to_string()])
            .status();
        assert!(sent.unwrap().success(), "kill -{name}");
    }

    /// Waits for its end, which has to come within ten seconds.
    pub fn ended(&mut self) -> ExitStatus {
        within_s(10, "the program ends within ten seconds", || {
            self.has_ended().is_some()
        });
        self.has_ended().unwrap()
    }

    /// Asks it to stop, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended()
    }

    /// Waits until it has logged `text`.
    pub fn logs(&mut self, text: &str) {
        until(&format!("the log says {text:?}"), || {
            assert!(self.has_ended().is_none(), "it ended: {}", self.logged());
            self.logged().contains(text)
        });
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the log of the program:\n{}", self.logged());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
