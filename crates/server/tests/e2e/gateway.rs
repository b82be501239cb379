//! `rokad serve` with a bank of its own, as an operator would run them: two processes, HTTPS between merchant and gateway.

use crate::{
    house::House,
    http::{self, Answer},
    merchant::{Merchant, POLL, REQUEST},
    program::{Program, rokad, run},
    waiting::{found, until},
};
use rokad_wire::payout::verify_poll_answer;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use ureq::Agent;

/// A gateway and its bank, two processes.
pub struct Gateway {
    pub program: Program,
    pub bank: Program,
    /// "127.0.0.1:1234".
    pub address: String,
    pub client: Agent,
    pub config: PathBuf,
    _ground: TempDir,
}

impl Gateway {
    /// `more` is added to the top of the configuration; in it `BANK` stands for where the bank is.
    pub fn start(more: &str) -> Self {
        // A certificate as the README says: that of a sandbox.
        let (ended, sandbox) = House::start().stop();
        assert!(ended.success());
        let ground = tempfile::tempdir().unwrap();
        for name in ["cert.pem", "key.pem"] {
            fs::copy(sandbox.path().join("data").join(name), ground.path().join(name)).unwrap();
        }
        let path = |name: &str| ground.path().join(name).to_str().unwrap().to_owned();
        let (book, key) = (path("bank"), path("bank.key"));
        let command = rokad(&[
            "bank",
            "--data",
            &book,
            "--listen",
            "127.0.0.1:0",
            "--key-file",
            &key,
        ]);
        let bank = Program::start(command, "bank", ground.path());
        let url = found("the bank is open", || {
            let printed = bank.printed();
            printed
                .split("sandbox bank at ")
                .nth(1)?
                .split(',')
                .next()
                .map(str::to_owned)
        });
        let config = ground.path().join("rokad.toml");
        let text = configuration(&more.replace("BANK", &url), &url);
        fs::write(&config, text).unwrap();
        let (program, address) = serve(&config);
        let client = http::client(Some(&fs::read(ground.path().join("cert.pem")).unwrap()));
        Self {
            program,
            bank,
            address,
            client,
            config,
            _ground: ground,
        }
    }

    /// Starts it again, after its end, at another address.
    pub fn serve_again(&mut self) {
        let (program, address) = serve(&self.config);
        (self.program, self.address) = (program, address);
    }

    /// Another node of the same gateway: the same configuration and the same key, with another data directory.
    pub fn another_node(&self, name: &str) -> Node {
        let config = self.config.with_file_name(format!("{name}.toml"));
        let key = "instance_key_file = \"data/instance.key\"\n";
        let text = fs::read_to_string(&self.config).unwrap();
        let text = text.replace("data = \"data\"", &format!("data = \"data-{name}\"\n{key}"));
        fs::write(&config, text).unwrap();
        let (program, address) = serve(&config);
        Node {
            program,
            address,
            config,
        }
    }

    pub fn tell(&self, args: &[&str]) -> String {
        let said = run(&[args, &["--config", self.config.to_str().unwrap()]].concat());
        assert!(said.ok, "{args:?}: {}{}", said.out, said.err);
        said.out
    }

    pub fn merchant(&self, args: &[&str]) -> Merchant {
        let add = ["merchant", "add", "--name", "Shop", "--json", "--fund", "100000"];
        let added: Value = serde_json::from_str(&self.tell(&[&add, args].concat())).unwrap();
        let text = |name: &str| added[name].as_str().unwrap().to_owned();
        let merchant = Merchant {
            pid: text("pid"),
            secret: text("secret_key"),
            signing: text("callback_signing"),
        };
        let question = json!({ "pid": merchant.pid }).to_string();
        until("the server knows the merchant", || {
            self.post(REQUEST, &[], question.as_bytes()).status != 401
        });
        merchant
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        http::post(
            &self.client,
            &format!("https://{}{path}", self.address),
            headers,
            body,
        )
    }

    pub fn request(&self, order: &Value) -> Answer {
        self.post(REQUEST, &[], order.to_string().as_bytes())
    }

    pub fn becomes(&self, merchant: &Merchant, ref_code: &str, status: &str) -> Value {
        self.becomes_one_of(merchant, ref_code, &[status])
    }

    pub fn becomes_one_of(&self, merchant: &Merchant, ref_code: &str, statuses: &[&str]) -> Value {
        found(&format!("the payout becomes {statuses:?}"), || {
            let answer = self.post(POLL, &[], &merchant.poll(ref_code));
            verify_poll_answer(&answer.body, &merchant.secret).unwrap();
            Some(answer.json()).filter(|said| statuses.iter().any(|status| said["status"] == *status))
        })
    }
}

/// A node beside the first.
pub struct Node {
    pub program: Program,
    pub address: String,
    config: PathBuf,
}

impl Node {
    /// Starts it again, after its end, at another address.
    pub fn serve_again(&mut self) {
        (self.program, self.address) = serve(&self.config);
    }
}

/// The gateway, and where it serves.
fn serve(config: &Path) -> (Program, String) {
    let logs = config.parent().unwrap();
    let command = rokad(&["serve", "--config", config.to_str().unwrap()]);
    let is_it = |line: &&str| line.contains("serving HTTPS");
    // It may have served before: its log goes on.
    let name = config.file_stem().unwrap().to_str().unwrap();
    let before = fs::read_to_string(logs.join(format!("{name}.err"))).unwrap_or_default();
    let times = before.lines().filter(is_it).count();
    let mut program = Program::start(command, name, logs);
    let line = found("the gateway serves", || {
        assert!(program.has_ended().is_none(), "it ended: {}", program.logged());
        program
            .logged()
            .lines()
            .filter(is_it)
            .nth(times)
            .map(str::to_owned)
    });
    let line: Value = serde_json::from_str(&line).unwrap();
    (program, line["address"].as_str().unwrap().to_owned())
}

fn configuration(more: &str, bank: &str) -> String {
    let environment = if more.contains("environment") {
        ""
    } else {
        "environment = \"production\""
    };
    format!(
        r#"
        data = "data"
        listen = "127.0.0.1:0"
        {environment}
        tls_certificate = "cert.pem"
        tls_key = "key.pem"
        {more}
        [[rail]]
        name = "bank"
        kind = "sandbox"
        url = "{bank}"
        key_file = "bank.key"
        [[bank_account]]
        name = "main account"
        rail = "bank"
        number = "100000000001"
        holder = "Operator"
        bank = "Sandbox Bank"
        daily_limit = "1000000"
        "#
    )
}
