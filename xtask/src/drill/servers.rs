//! The two database servers: a primary, and a standby that has every commit before it is answered.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::Result;
use crate::postgres::{Cluster, Programs, Server};

/// The name under which the primary waits for the standby.
const STANDBY: &str = "standby";

/// Room for the standby and its log, in MiB: it must be possible to fill it.
const DISK_MIB: u32 = 768;

/// Both keep little of their log, so that the small disk is not full from the start.
const SETTINGS: [&str; 3] = ["max_wal_size=128MB", "min_wal_size=64MB", "max_connections=100"];

/// How long a standby may take to follow.
const FOLLOWS_WITHIN: Duration = Duration::from_secs(60);

pub struct Servers<'a> {
    primary: Cluster<'a>,
    standby: Cluster<'a>,
    on_primary: Option<Server>,
    on_standby: Option<Server>,
    disk: Option<SmallDisk>,
}

impl<'a> Servers<'a> {
    pub async fn start(programs: &'a Programs, primary: &'a Path, standby: &'a Path) -> Result<Self> {
        let disk = SmallDisk::mount(standby);
        let primary = Cluster::make(programs, primary).await?;
        let waits = format!("synchronous_standby_names={STANDBY}");
        let settings = [&SETTINGS[..], &["wal_level=replica", &waits]].concat();
        let on_primary = primary.start(&settings).await?;
        let standby = primary.standby(standby, STANDBY).await?;
        let on_standby = standby.start(&SETTINGS).await?;
        let follows = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'";
        let deadline = Instant::now() + FOLLOWS_WITHIN;
        while primary.output("psql", &["-Atc", follows]).await?.trim() != "1" {
            if Instant::now() > deadline {
                return Err("the standby does not follow".into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(Self {
            primary,
            standby,
            on_primary: Some(on_primary),
            on_standby: Some(on_standby),
            disk,
        })
    }

    pub fn ports(&self) -> [u16; 2] {
        [self.primary.port(), self.standby.port()]
    }

    /// SIGKILL, for all of its processes.
    pub fn kill_the_primary(&mut self) -> Result<()> {
        match self.on_primary.take() {
            Some(server) => server.kill(),
            None => Err("the primary is dead already".into()),
        }
    }

    pub async fn promote(&self) -> Result<()> {
        self.standby
            .output("psql", &["-c", "SELECT pg_promote()"])
            .await
            .map(drop)
    }

    /// Whether the disk of the standby, which is the primary by then, can be filled without harm to others.
    pub fn has_small_disk(&self) -> bool {
        self.disk.is_some() && self.on_primary.is_none()
    }

    pub fn fill_the_disk(&self) -> Result<()> {
        match &self.disk {
            Some(disk) => disk.fill(),
            None => Err("there is no small disk".into()),
        }
    }

    /// As an operator would: room is made, and a server that has given up is started again.
    pub async fn free_the_disk(&mut self) -> Result<()> {
        if let Some(disk) = &self.disk {
            disk.free()?;
        }
        let ended = match &mut self.on_standby {
            Some(server) => server.has_ended()?,
            None => true,
        };
        if ended {
            self.on_standby = Some(self.standby.start(&SETTINGS).await?);
        }
        Ok(())
    }
}

impl Drop for Servers<'_> {
    fn drop(&mut self) {
        // The disk cannot be unmounted while anybody is at it.
        for server in [self.on_primary.take(), self.on_standby.take()]
            .into_iter()
            .flatten()
        {
            let _ = server.kill();
        }
    }
}

/// A small file system in memory. Unmounted with this value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Where that is permitted.
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir(at).ok()?;
        let size = format!("size={DISK_MIB}m,mode=0711");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "rokad-drill"])
            .arg(at)
            .output();
        if mounted.is_ok_and(|mounted| mounted.status.success()) {
            return Some(Self(at.to_path_buf()));
        }
        let _ = fs::remove_dir(at);
        None
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    fn fill(&self) -> Result<()> {
        let mut file = File::create(self.ballast())?;
        let block = vec![0; 64 * 1024];
        while file.write_all(&block).is_ok() {}
        Ok(())
    }

    fn free(&self) -> Result<()> {
        Ok(fs::remove_file(self.ballast())?)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily, should a process still be going.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
