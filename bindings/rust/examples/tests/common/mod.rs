//! Programs that talk to each other on loopback. They end with the test that started them.
#![allow(dead_code)] // not every test uses all of it

pub mod certificates;
pub mod relay;

use std::collections::hash_map::RandomState;
use std::fs::OpenOptions;
use std::hash::{BuildHasher, Hasher};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a program may take for anything.
const WAIT: Duration = Duration::from_secs(60);

pub const SERVICE: &str = env!("CARGO_BIN_EXE_coap_service");
pub const CLIENT: &str = env!("CARGO_BIN_EXE_coap_client");

/// The repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

/// The Python of the tests.
pub fn python() -> PathBuf {
    std::env::var("LAKE_PYTHON").expect("LAKE_PYTHON has to be a Python with aiocoap: run make").into()
}

/// A program of examples/c.
pub fn c_example(name: &str) -> PathBuf {
    let build = std::env::var("LAKE_BUILD").expect("LAKE_BUILD has to be the build folder of liblake");
    let path = PathBuf::from(build).join("examples").join(name);
    assert!(path.exists(), "{} is missing: run make", path.display());
    path
}

/// A server that is running.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts one that says where it listens.
    pub async fn start(program: impl Into<PathBuf>, arguments: &[&str]) -> Server {
        let mut child = command(program, arguments).stderr(Stdio::null()).spawn().expect("the server starts");
        let line = first_line(&mut child).await;
        let address = line.split_whitespace().find_map(|word| word.parse().ok());
        Server { child, address: address.unwrap_or_else(|| panic!("no address in {line:?}")) }
    }

    /// Starts one that listens where it was told to, and says when it is ready.
    pub async fn start_at(address: SocketAddr, program: impl Into<PathBuf>, arguments: &[&str]) -> Server {
        let mut child = command(program, arguments).spawn().expect("the server starts");
        assert_eq!(first_line(&mut child).await.trim(), "ready");
        Server { child, address }
    }

    /// Starts one that says no more than its port.
    pub async fn start_relay(program: impl Into<PathBuf>, arguments: &[&str]) -> Server {
        let mut child = command(program, arguments).spawn().expect("the relay starts");
        let port = first_line(&mut child).await.trim().parse().expect("a port");
        Server { child, address: SocketAddr::from(([127, 0, 0, 1], port)) }
    }

    pub fn port(&self) -> String {
        self.address.port().to_string()
    }
}

async fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    timeout(WAIT, stdout.read_line(&mut line)).await.expect("the server says that it is ready").expect("text");
    child.stdout = Some(stdout.into_inner()); // closed, it would get SIGPIPE
    line
}

fn command(program: impl Into<PathBuf>, arguments: &[&str]) -> Command {
    let mut command = Command::new(program.into());
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    command
}

/// Runs a client to its end.
pub async fn run(program: impl Into<PathBuf>, arguments: &[&str]) -> Output {
    let child = command(program, arguments).stderr(Stdio::piped()).spawn().expect("the client starts");
    timeout(WAIT, child.wait_with_output()).await.expect("the client ends").expect("its output")
}

/// What a client that has succeeded printed.
pub async fn succeeds(program: impl Into<PathBuf>, arguments: &[&str]) -> String {
    let output = run(program, arguments).await;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

/// What a client that has failed complained about.
pub async fn fails(program: impl Into<PathBuf>, arguments: &[&str]) -> String {
    let output = run(program, arguments).await;
    assert!(!output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A port that nobody listens on, below those that the system gives to whoever asks for any:
/// it stays free until the server is up.
pub fn free_address() -> SocketAddr {
    loop {
        let dice = RandomState::new().build_hasher().finish();
        let address = SocketAddr::from(([127, 0, 0, 1], 10_000 + (dice % 22_768) as u16));
        if std::net::UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}

/// Writes a line of the table of what works together to the file LAKE_INTEROP_TABLE, if there
/// is to be one: with method 3, suite 2.
pub fn note(client: &str, server: &str, style: &str, flow: &str) {
    let style = if style == "by-key-id" { "by kid" } else { "by value" }; // as the other languages call them
    note_of(client, server, (3, 2), style, flow);
}

/// The same with any method and suite.
pub fn note_of(client: &str, server: &str, (method, suite): (i32, i32), credentials: &str, flow: &str) {
    if let Ok(path) = std::env::var("LAKE_INTEROP_TABLE") {
        let mut file = OpenOptions::new().create(true).append(true).open(path).expect("the table");
        let line = format!("{client}\t{server}\tmethod {method}, suite {suite}\t{credentials}\t{flow}\tpass\n");
        file.write_all(line.as_bytes()).expect("the table"); // at once: tests run beside each other
    }
}

/// A file for a program, which goes with the folder of the build.
pub fn file(name: &str, content: &[u8]) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().expect("UTF-8").into()
}

/// Credential styles: how they are called, and the option for it.
pub const STYLES: [(&str, Option<&str>); 2] = [("by-key-id", None), ("by-value", Some("--by-value"))];
