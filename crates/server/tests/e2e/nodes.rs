//! Two nodes of one gateway, on one server: any may take a request, any may die.

use crate::{
    database::Database,
    gateway::{Gateway, Node},
    house::House,
    http::{self, try_post},
    merchant::{Merchant, ORDINARY, POLL, REQUEST},
    receiver::{Receiver, Reply},
    waiting::until,
};
use rokad_store::Place;
use serde_json::Value;
use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// A gateway of two nodes, its database, and a server to which callbacks go.
struct Two {
    first: Gateway,
    second: Node,
    receiver: Receiver,
    _db: Database,
}

impl Two {
    fn start() -> Self {
        let db = Database::postgres();
        let Place::Server(url) = db.place() else {
            panic!("it is on a server")
        };
        // A short lease, so that a test need not wait for long.
        let first = Gateway::start(&format!(
            "environment = \"uat\"\ndatabase = {url:?}\nlease_seconds = 3\ndrain_seconds = 3"
        ));
        let mut second = first.another_node("second");
        // The second has its share of the duties.
        second.program.logs("\"duties\":34,\"nodes\":2");
        Self {
            first,
            second,
            receiver: Receiver::start(),
            _db: db,
        }
    }

    /// Merchants of several rounds, so that each node carries the callbacks of some. Both nodes know them.
    fn merchants(&self) -> Vec<Merchant> {
        let add = || {
            self.first
                .merchant(&["--address", "127.0.0.1", "--callback-url", &self.receiver.url])
        };
        let merchants: Vec<Merchant> = (0..6).map(|_| add()).collect();
        for merchant in &merchants {
            until("the other node knows the merchant", || {
                let question = serde_json::json!({ "pid": merchant.pid }).to_string();
                self.post(1, REQUEST, question.as_bytes()).status != 401
            });
        }
        merchants
    }

    fn address(&self, node: usize) -> &str {
        [&self.first.address, &self.second.address][node]
    }

    fn post(&self, node: usize, path: &str, body: &[u8]) -> http::Answer {
        let url = format!("https://{}{path}", self.address(node));
        http::post(&self.first.client, &url, &[], body)
    }

    fn request(&self, node: usize, order: &Value) -> http::Answer {
        self.post(node, REQUEST, order.to_string().as_bytes())
    }

    fn ready(&self, node: usize) -> (u16, String) {
        let answer = http::get(
            &self.first.client,
            &format!("https://{}/readyz", self.address(node)),
        );
        (answer.status, answer.text())
    }

    /// Waits until the shop heard of each payout that it was paid.
    fn are_told(&self, ref_codes: &[String]) {
        for ref_code in ref_codes {
            until("the callback of an approved payout comes", || {
                self.receiver
                    .statuses(ref_code)
                    .last()
                    .is_some_and(|last| last == "Approved")
            });
        }
    }

    fn is_sound(&self) {
        assert!(self.first.tell(&["verify"]).contains("Sound: "));
    }
}

#[test]
fn the_same_order_sent_to_both_nodes_is_paid_once_and_answered_the_same() {
    let two = Two::start();
    let merchant = &two.merchants()[0];
    let orders: Vec<Value> = (1..=40).map(|rupees| merchant.order(rupees, ORDINARY)).collect();
    let answers = thread::scope(|scope| {
        let all_to = |node: usize| {
            let (two, orders) = (&two, &orders);
            scope.spawn(move || {
                let ask = |order| two.request(node, order).field("ref_code");
                orders.iter().map(ask).collect::<Vec<String>>()
            })
        };
        [all_to(0), all_to(1)].map(|asked| asked.join().unwrap())
    });
    assert_eq!(answers[0], answers[1]);
    two.are_told(&answers[0]);
    let told = |ref_code: &String| two.receiver.statuses(ref_code);
    for statuses in answers[0].iter().map(told) {
        assert_eq!(statuses, ["Pending", "Processing", "Approved"]);
    }
    two.is_sound();
}

#[test]
fn what_a_node_that_dies_held_is_carried_by_the_other() {
    let mut two = Two::start();
    let merchants = two.merchants();
    let promised: Vec<String> = merchants
        .iter()
        .map(|merchant| two.request(1, &merchant.order(10, ORDINARY)).field("ref_code"))
        .collect();
    two.second.program.signal("KILL");
    two.second.program.ended();
    let after: Vec<String> = merchants
        .iter()
        .map(|merchant| two.request(0, &merchant.order(20, ORDINARY)).field("ref_code"))
        .collect();
    two.first.program.logs("taken for dead");
    two.are_told(&after);
    // What the dead one was promised is paid, or failed because the bank was never told; and the shop hears of it.
    for (merchant, ref_code) in merchants.iter().zip(&promised) {
        let end = two
            .first
            .becomes_one_of(merchant, ref_code, &["Approved", "Failed"]);
        until("the callback of the end comes", || {
            let last = two.receiver.statuses(ref_code).last().cloned();
            last.is_some_and(|last| end["status"] == last)
        });
    }
    two.is_sound();
}

#[test]
fn a_node_that_was_asleep_and_taken_for_dead_begins_anew_and_serves() {
    let mut two = Two::start();
    let merchants = two.merchants();
    two.second.program.signal("STOP");
    let meanwhile: Vec<String> = merchants
        .iter()
        .map(|merchant| two.request(0, &merchant.order(10, ORDINARY)).field("ref_code"))
        .collect();
    two.first.program.logs("taken for dead");
    two.are_told(&meanwhile);
    two.second.program.signal("CONT");
    two.second.program.logs("it begins anew");
    until("it is ready again", || two.ready(1).0 == 200);
    let after: Vec<String> = merchants
        .iter()
        .map(|merchant| two.request(1, &merchant.order(20, ORDINARY)).field("ref_code"))
        .collect();
    two.are_told(&after);
    for ref_code in meanwhile.iter().chain(&after) {
        let statuses = two.receiver.statuses(ref_code);
        assert_eq!(
            statuses,
            ["Pending", "Processing", "Approved"],
            "in order, and once"
        );
    }
    two.is_sound();
}

#[test]
fn a_round_that_comes_back_before_it_was_given_up_is_carried_on() {
    let mut two = Two::start();
    // The endpoint of the first merchant belongs to a round that the second node has while it runs.
    let merchant = two.merchants().remove(0);
    let alone = "\"duties\":68,\"nodes\":1";
    let times = |two: &Two| two.first.program.logged().matches(alone).count();
    let before = times(&two);
    two.second.program.signal("KILL");
    two.second.program.ended();
    until("the first has all duties", || times(&two) > before);
    two.receiver.now_replies(|_, _| Reply::Silence);
    let ref_code = two.request(0, &merchant.order(10, ORDINARY)).field("ref_code");
    until("a delivery is under way", || {
        !two.receiver.statuses(&ref_code).is_empty()
    });
    two.second.serve_again();
    until("the first is to give up its half", || {
        two.first
            .program
            .logged()
            .matches("\"duties\":34,\"nodes\":2")
            .count()
            > 1
    });
    let before = times(&two);
    two.second.program.signal("KILL");
    two.second.program.ended();
    until("the first has all duties again", || times(&two) > before);
    two.receiver.now_replies(|_, _| Reply::Acknowledge);
    two.are_told(&[ref_code]);
}

#[test]
fn a_rolling_restart_fails_no_request() {
    let mut two = Two::start();
    let merchant = two.merchants().remove(0);
    let (balancer, client) = (Balancer::default(), two.first.client.clone());
    thread::scope(|scope| {
        let (balancer, client, merchant) = (&balancer, &client, &merchant);
        balancer.knows([&two.first.address, &two.second.address]);
        scope.spawn(|| balancer.look_after(client));
        let clients: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| balancer.send_until_enough(client, merchant)))
            .collect();
        let pause = |sent: usize| until("requests go on", || balancer.sent() >= sent);
        pause(50);
        two.second.program.signal("TERM");
        two.second.program.ended();
        two.second.serve_again();
        balancer.knows([&two.first.address, &two.second.address]);
        pause(balancer.sent() + 50);
        two.first.program.signal("TERM");
        two.first.program.ended();
        two.first.serve_again();
        balancer.knows([&two.first.address, &two.second.address]);
        pause(balancer.sent() + 50);
        balancer.enough.store(true, Ordering::Relaxed);
        for client in clients {
            client.join().unwrap();
        }
    });
    let failed = balancer.failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{failed:?}");
    two.is_sound();
}

/// What stands before the nodes: sends each request to one that says that it is ready.
#[derive(Default)]
struct Balancer {
    /// Each node's address, and whether it is ready.
    nodes: Mutex<Vec<(String, bool)>>,
    sent: Mutex<usize>,
    failed: Mutex<Vec<String>>,
    enough: AtomicBool,
}

impl Balancer {
    fn knows(&self, addresses: [&String; 2]) {
        let mut nodes = self.nodes.lock().unwrap();
        *nodes = addresses.map(|address| (address.clone(), true)).to_vec();
    }

    fn sent(&self) -> usize {
        *self.sent.lock().unwrap()
    }

    fn look_after(&self, client: &ureq::Agent) {
        let (_held, nothing) = std::sync::mpsc::channel::<()>();
        while !self.enough.load(Ordering::Relaxed) {
            let addresses: Vec<String> = self
                .nodes
                .lock()
                .unwrap()
                .iter()
                .map(|(a, _)| a.clone())
                .collect();
            for address in addresses {
                let url = format!("https://{address}/readyz");
                let ready = client.get(&url).call().is_ok_and(|answer| answer.status() == 200);
                let mut nodes = self.nodes.lock().unwrap();
                let node = nodes.iter_mut().find(|(its, _)| *its == address);
                node.into_iter().for_each(|node| node.1 = ready);
            }
            let _ = nothing.recv_timeout(std::time::Duration::from_millis(50));
        }
    }

    fn send_until_enough(&self, client: &ureq::Agent, merchant: &Merchant) {
        for turn in 0.. {
            if self.enough.load(Ordering::Relaxed) {
                return;
            }
            let ready: Vec<String> = {
                let nodes = self.nodes.lock().unwrap();
                nodes
                    .iter()
                    .filter(|(_, ready)| *ready)
                    .map(|(a, _)| a.clone())
                    .collect()
            };
            let Some(address) = ready.get(turn % ready.len().max(1)) else {
                continue;
            };
            let order = merchant.order(1, ORDINARY).to_string();
            match try_post(
                client,
                &format!("https://{address}{REQUEST}"),
                &[],
                order.as_bytes(),
            ) {
                Ok(answer) if answer.status == 200 => *self.sent.lock().unwrap() += 1,
                Ok(answer) => self.failed.lock().unwrap().push(answer.text()),
                Err(error) => self.failed.lock().unwrap().push(error.to_string()),
            }
        }
    }
}

#[test]
fn a_node_says_whether_it_lives_and_whether_it_is_ready() {
    let house = House::start();
    for (path, said) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = http::get(&house.client, &format!("http://{}{path}", house.address()));
        assert_eq!((answer.status, answer.text().as_str()), (200, said));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let mut two = Two::start();
    assert_eq!(two.ready(1), (200, "ready\n".to_owned()));
    two.second.program.signal("TERM");
    until("it says that it stops", || {
        two.ready(1) == (503, "stopping\n".to_owned())
    });
    // It answers until nobody sends it anything any more, and says so.
    let answer = two.post(1, POLL, b"{}");
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(two.second.program.ended().code(), Some(0));
    two.first.program.logs("\"duties\":68,\"nodes\":1");
}
