//! The three nodes, the bank, and the merchant whose orders they carry out.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::wire::Wire;
use crate::Result;
use crate::process::{Process, Signal};

pub const NODES: usize = 3;

/// The operator's account at the bank, and what is in it, in rupees: the merchant's and some of the operator's own.
pub const ACCOUNT: &str = "100000000001";
const ACCOUNT_RUPEES: &str = "200000000";
const MERCHANT_RUPEES: &str = "100000000";

const STARTS_WITHIN: Duration = Duration::from_secs(60);
/// A drain, and ten seconds for what is under way.
const STOPS_WITHIN: Duration = Duration::from_secs(25);

/// A request that nobody answers for so long goes to another node. A balancer's own limit; merchants wait longer.
const PATIENCE: Duration = Duration::from_secs(3);

pub struct Gateway {
    pub pid: String,
    rokad: PathBuf,
    dir: PathBuf,
    ports: [u16; NODES],
    nodes: [Option<Process>; NODES],
    bank_port: u16,
    _bank: Process,
    /// Between the first node and the two servers.
    wires: [Wire; 2],
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn url(ports: [u16; 2]) -> String {
    let [one, other] = ports;
    format!(
        "postgres://rokad@127.0.0.1:{one},127.0.0.1:{other}/postgres?target_session_attrs=read-write&sslmode=disable&connect_timeout=2"
    )
}

impl Gateway {
    pub fn start(rokad: PathBuf, dir: &Path, servers: [u16; 2]) -> Result<Self> {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
        fs::write(dir.join("cert.pem"), made.cert.pem())?;
        fs::write(dir.join("key.pem"), made.signing_key.serialize_pem())?;
        let bank_port = free_port()?;
        let bank = {
            let mut command = Command::new(&rokad);
            command.args(["bank", "--listen", &format!("127.0.0.1:{bank_port}")]);
            command.arg("--data").arg(dir.join("bank"));
            command.arg("--key-file").arg(dir.join("bank.key"));
            command.args(["--account", &format!("{ACCOUNT}:{ACCOUNT_RUPEES}")]);
            Process::spawn(quiet(&mut command, &dir.join("bank.log"))?)?
        };
        wait_for("the bank", || {
            std::net::TcpStream::connect(("127.0.0.1", bank_port)).is_ok()
        })?;
        let mut gateway = Self {
            pid: String::new(),
            rokad,
            dir: dir.to_path_buf(),
            ports: [free_port()?, free_port()?, free_port()?],
            nodes: [None, None, None],
            bank_port,
            _bank: bank,
            wires: [Wire::to(servers[0])?, Wire::to(servers[1])?],
        };
        for node in 0..NODES {
            let servers = if node == 0 {
                [gateway.wires[0].port, gateway.wires[1].port]
            } else {
                servers
            };
            fs::write(gateway.config(node), gateway.configuration(node, servers))?;
            gateway.serve(node)?;
        }
        let terms = [
            "--fee-flat",
            "3.00",
            "--address",
            "127.0.0.0/8",
            "--fund",
            MERCHANT_RUPEES,
        ];
        let added =
            gateway.output(&[&["merchant", "add", "--name", "Drill", "--json"], &terms[..]].concat())?;
        let added: Value = serde_json::from_str(&added)?;
        gateway.pid = added["pid"]
            .as_str()
            .ok_or("merchant add gives no pid")?
            .to_owned();
        gateway.knows_the_merchant()?;
        Ok(gateway)
    }

    /// Waits until every node does.
    fn knows_the_merchant(&self) -> Result<()> {
        let (client, question) = (self.client()?, format!(r#"{{"pid":"{}"}}"#, self.pid));
        for address in self.addresses() {
            let url = format!("{address}/payout/api/request.php");
            wait_for("a node that knows the merchant", || {
                client
                    .post(&url)
                    .send(&question)
                    .is_ok_and(|said| said.status() != 401)
            })?;
        }
        Ok(())
    }

    fn config(&self, node: usize) -> PathBuf {
        self.dir.join(format!("node{node}.toml"))
    }

    fn configuration(&self, node: usize, servers: [u16; 2]) -> String {
        format!(
            r#"
            node = "node {node}"
            data = "node{node}"
            instance_key_file = "instance.key"
            database = "{}"
            listen = "127.0.0.1:{}"
            environment = "uat"
            tls_certificate = "cert.pem"
            tls_key = "key.pem"
            drain_seconds = 3
            [[rail]]
            name = "bank"
            kind = "sandbox"
            url = "http://127.0.0.1:{}"
            key_file = "bank.key"
            [[bank_account]]
            name = "main account"
            rail = "bank"
            number = "{ACCOUNT}"
            holder = "Operator"
            bank = "Sandbox Bank"
            daily_limit = "100000000"
            "#,
            url(servers),
            self.ports[node],
            self.bank_port
        )
    }

    /// Starts a node, and waits until it is ready.
    pub fn serve(&mut self, node: usize) -> Result<()> {
        let mut command = Command::new(&self.rokad);
        command.arg("serve").arg("--config").arg(self.config(node));
        let log = self.dir.join(format!("node{node}.log"));
        self.nodes[node] = Some(Process::spawn(quiet(&mut command, &log)?)?);
        let (client, url) = (self.client()?, format!("{}/readyz", self.addresses()[node]));
        wait_for(&format!("node {node}, see its log"), || {
            client.get(&url).call().is_ok_and(|answer| answer.status() == 200)
        })
    }

    pub async fn stop(&mut self, node: usize) -> Result<()> {
        match self.nodes[node].take() {
            Some(process) => process.stop(Signal::Term, STOPS_WITHIN).await,
            None => Err("the node does not run".into()),
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self, node: usize) {
        self.nodes[node] = None;
    }

    pub fn signal(&self, node: usize, signal: Signal) -> Result<()> {
        match &self.nodes[node] {
            Some(process) => process.signal(signal),
            None => Err("the node does not run".into()),
        }
    }

    pub fn cut_the_next_commit(&self) {
        self.wires.iter().for_each(Wire::cut_the_next_commit);
    }

    /// How often the connections of the first node were cut.
    pub fn cuts(&self) -> u32 {
        self.wires.iter().map(Wire::cuts).sum()
    }

    pub fn addresses(&self) -> [String; NODES] {
        self.ports.map(|port| format!("https://127.0.0.1:{port}"))
    }

    /// What a command says, on this gateway.
    pub fn output(&self, args: &[&str]) -> Result<String> {
        // The third node reaches the servers without a wire.
        let mut command = Command::new(&self.rokad);
        command.args(args).arg("--config").arg(self.config(NODES - 1));
        let output = command.stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(said);
        }
        let why = String::from_utf8_lossy(&output.stderr);
        Err(format!("rokad {}: {said}{why}", args.join(" ")).into())
    }

    /// A page of the bank, as JSON.
    pub fn bank(&self, page: &str) -> Result<Value> {
        let key = fs::read_to_string(self.dir.join("bank.key"))?;
        let request = ureq::get(format!("http://127.0.0.1:{}/v1/{page}", self.bank_port));
        let mut answer = request
            .header("Authorization", format!("Bearer {}", key.trim()))
            .call()?;
        Ok(serde_json::from_slice(&answer.body_mut().read_to_vec()?)?)
    }

    /// One that believes the nodes' certificate.
    pub fn client(&self) -> Result<Agent> {
        let certificate = Certificate::from_pem(&fs::read(self.dir.join("cert.pem"))?)?;
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[certificate]));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .tls_config(tls.build());
        Ok(config.build().into())
    }
}

fn quiet<'c>(command: &'c mut Command, log: &Path) -> Result<&'c mut Command> {
    let log = File::options().create(true).append(true).open(log)?;
    Ok(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log))
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) -> Result<()> {
    let deadline = Instant::now() + STARTS_WITHIN;
    while !there() {
        if Instant::now() > deadline {
            return Err(format!("{what} did not start").into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
