//! The crate coap as it is, with `lake::endpoint` underneath: the program coap_plain.

mod common;

use std::process::Stdio;
use std::time::Duration;

use coap::UdpCoAPClient;
use common::relay::Relay;
use common::{fails, succeeds, Server};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

const PLAIN: &str = env!("CARGO_BIN_EXE_coap_plain");

async fn server() -> Server {
    Server::start(PLAIN, &["server", "127.0.0.1:0"]).await
}

async fn client(address: &str, what: &[&str]) -> String {
    succeeds(PLAIN, &[&["client", address], what].concat()).await
}

#[tokio::test]
async fn a_handler_knows_who_asks() {
    let server = server().await;
    let relay = Relay::start(server.address).await;
    let said = client(&format!("127.0.0.1:{}", relay.port()), &["get", "/whoami"]).await;
    assert_eq!(said, "You are demo client.\n");
    assert_eq!(relay.was_protected("demo client"), Ok(()));

    let said = fails(PLAIN, &["client", &server.address.to_string(), "get", "/nothing"]).await;
    assert!(said.contains("NotFound"), "{said}");
    assert!(fails(PLAIN, &["nonsense"]).await.contains("usage"));
}

#[tokio::test]
async fn a_large_note_goes_by_blocks() {
    let (server, text) = (server().await, "this is a line ".repeat(1000));
    let relay = Relay::start(server.address).await;
    let address = format!("127.0.0.1:{}", relay.port());
    assert_eq!(client(&address, &["put", "/note", &text]).await, "\n");
    assert_eq!(client(&address, &["get", "/note"]).await, format!("{text}\n"));
    assert_eq!(relay.was_protected("a line"), Ok(()));
}

/// A client that observes: the lines that it prints.
struct Observer {
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Observer {
    fn start(address: &str) -> Observer {
        let mut command = Command::new(PLAIN);
        command.args(["client", address, "observe", "/note"]).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the client starts");
        Observer { lines: BufReader::new(child.stdout.take().expect("a pipe")).lines(), _child: child }
    }

    async fn next(&mut self) -> String {
        let line = timeout(Duration::from_secs(60), self.lines.next_line()).await;
        line.expect("a notification").expect("text").expect("a line")
    }
}

#[tokio::test]
async fn who_observes_sees_each_change() {
    let server = server().await;
    let address = server.address.to_string();
    client(&address, &["put", "/note", "0"]).await;
    let mut observers = [Observer::start(&address), Observer::start(&address)];
    for change in 0..3 {
        for observer in &mut observers {
            assert_eq!(observer.next().await, change.to_string());
        }
        client(&address, &["put", "/note", &(change + 1).to_string()]).await;
    }
}

#[tokio::test]
async fn who_has_not_authenticated_is_refused() {
    let server = server().await;
    let answer = UdpCoAPClient::get(&format!("coap://{}/whoami", server.address)).await.unwrap();
    assert_eq!(answer.get_status(), &coap_lite::ResponseType::Unauthorized);
}
