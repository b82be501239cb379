//! A PostgreSQL of our own: started by its programs in a folder of its own, on a free port, and stopped when it is not
//! needed any more.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::process::{Process, Signal};
use crate::tools::is_root;

/// Who may do everything in it.
const SUPERUSER: &str = "rokad";

/// The directory of `initdb`, `postgres`, `psql` and `pgbench`.
pub struct Programs(PathBuf);

impl Programs {
    /// The newest under Debian's directory, else what `PATH` has.
    pub fn find() -> Option<Self> {
        let debian = std::fs::read_dir("/usr/lib/postgresql")
            .into_iter()
            .flatten()
            .flatten();
        let mut debian: Vec<PathBuf> = debian.map(|version| version.path()).collect();
        debian.sort_by_key(|dir| version(dir));
        let debian = debian.into_iter().rev().map(|dir| dir.join("bin"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let whole = |dir: &PathBuf| {
            ["initdb", "postgres", "psql", "pgbench"]
                .iter()
                .all(|name| dir.join(name).is_file())
        };
        debian.chain(std::env::split_paths(&path)).find(whole).map(Self)
    }
}

fn version(dir: &Path) -> u32 {
    dir.file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.parse().ok())
        .unwrap_or(0)
}

/// PostgreSQL refuses to run as root: then it runs as somebody who owns nothing else here.
#[derive(Clone, Copy)]
struct User {
    uid: u32,
    gid: u32,
}

impl User {
    fn unprivileged() -> Result<Option<Self>> {
        if !is_root() {
            return Ok(None);
        }
        let passwd = std::fs::read_to_string("/etc/passwd")?;
        let found = ["postgres", "nobody"]
            .iter()
            .find_map(|name| Self::read(&passwd, name));
        found
            .map(Some)
            .ok_or_else(|| "neither postgres nor nobody is a user here".into())
    }

    fn read(passwd: &str, name: &str) -> Option<Self> {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(str::parse);
        Some(Self {
            uid: ids.next()?.ok()?,
            gid: ids.next()?.ok()?,
        })
    }
}

/// A data directory, and how it is reached.
pub struct Cluster<'a> {
    programs: &'a Programs,
    dir: &'a Path,
    user: Option<User>,
    port: u16,
}

/// A running server. Killed when it goes, unless it was stopped.
pub struct Server(Process);

impl Server {
    /// SIGKILL, for all of its processes.
    pub fn kill(self) -> Result<()> {
        self.0.kill_all()
    }

    /// Whether it has given up.
    pub fn has_ended(&mut self) -> Result<bool> {
        Ok(self.0.has_ended()?.is_some())
    }

    /// Stops it, without waiting for those who are connected.
    pub async fn stop(self) -> Result<()> {
        self.0.stop(Signal::Int, Duration::from_secs(30)).await
    }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

impl<'a> Cluster<'a> {
    /// Makes one in `dir`, which must not exist.
    pub async fn make(programs: &'a Programs, dir: &'a Path) -> Result<Self> {
        let cluster = Self {
            programs,
            dir,
            user: User::unprivileged()?,
            port: free_port()?,
        };
        cluster.initialize().await?;
        Ok(cluster)
    }

    /// A file in its folder that its server alone may read.
    pub fn secret(&self, name: &str, text: &str) -> Result<PathBuf> {
        use std::os::unix::fs::PermissionsExt;
        let path = self.dir.join(name);
        std::fs::write(&path, text)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
        if let Some(user) = self.user {
            chown(&path, Some(user.uid), Some(user.gid))?;
        }
        Ok(path)
    }

    /// Where this database of the server is, once it is started.
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{SUPERUSER}@127.0.0.1:{}/{database}?sslmode=disable",
            self.port
        )
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A copy of it that follows it under this name, while it runs. `dir` may be empty.
    pub async fn standby(&self, dir: &'a Path, name: &str) -> Result<Self> {
        let standby = Self {
            programs: self.programs,
            dir,
            user: self.user,
            port: free_port()?,
        };
        standby.make_dir()?;
        let (host, port) = (self.dir.display(), self.port);
        let primary = format!("host={host} port={port} user={SUPERUSER} application_name={name}");
        let data = format!("--pgdata={}", standby.data());
        let how = [
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--wal-method=stream",
        ];
        let from = ["-d", primary.as_str(), &data];
        self.output("pg_basebackup", &[&from[..], &how[..]].concat())
            .await?;
        Ok(standby)
    }

    fn make_dir(&self) -> Result<()> {
        if !self.dir.exists() {
            std::fs::create_dir(self.dir)?;
        }
        if let Some(user) = self.user {
            chown(self.dir, Some(user.uid), Some(user.gid))?;
            // The user must get through the directory above; only that one is ours to open.
            let above = self.dir.parent().ok_or("the cluster needs a directory")?;
            open_for_passing(above)?;
        }
        Ok(())
    }

    async fn initialize(&self) -> Result<()> {
        self.make_dir()?;
        let data = format!("--pgdata={}", self.data());
        let user = format!("--username={SUPERUSER}");
        let people = [user.as_str(), "--auth=trust"];
        let language = ["--no-locale", "--encoding=UTF8"];
        self.output("initdb", &[&[data.as_str()], &people[..], &language[..]].concat())
            .await?;
        Ok(())
    }

    /// Starts it with these settings beside the usual ones: `fsync=off`.
    pub async fn start(&self, settings: &[&str]) -> Result<Server> {
        let (data, dir, port) = (self.data(), self.dir.to_string_lossy(), self.port.to_string());
        let mut command = self.command("postgres");
        command.args(["-D", &data]).args(["-k", &dir]);
        command.args(["-p", &port]).args(["-h", "127.0.0.1"]);
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Process::spawn(&mut command)?;
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.output("psql", &["-c", "SELECT 1"]).await.is_err() {
            if server.has_ended()?.is_some() || Instant::now() > deadline {
                return Err("PostgreSQL did not start".into());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Server(server))
    }

    fn data(&self) -> String {
        self.dir.join("data").to_string_lossy().into_owned()
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.0.join(program));
        command.current_dir(self.dir).stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user.uid).gid(user.gid);
        }
        command
            .env("PGHOST", self.dir)
            .env("PGPORT", self.port.to_string());
        command.env("PGUSER", SUPERUSER).env("PGDATABASE", "postgres");
        command
    }

    /// What one of the programs says, connected to this server.
    pub async fn output(&self, program: &str, args: &[&str]) -> Result<String> {
        let mut command = self.command(program);
        command.args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let said = Process::spawn(&mut command)?.output().await;
        said.map_err(|error| format!("{program}: {error}").into())
    }
}

fn open_for_passing(dir: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = dir.metadata()?.mode() | 0o011;
    Ok(std::fs::set_permissions(
        dir,
        std::fs::Permissions::from_mode(mode),
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_read_from_passwd() {
        let passwd =
            "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";
        let user = User::read(passwd, "nobody").unwrap();
        assert_eq!((user.uid, user.gid), (65534, 65533));
        assert!(User::read(passwd, "postgres").is_none());
    }
}
