//! The crate liboscore, with the keys that liblake exports, on either side of an endpoint. tshark,
//! which is neither, reads every payload of it with the same keys.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use coap::request::RequestBuilder;
use coap_lite::{CoapOption, CoapResponse, MessageClass, Packet, RequestType, ResponseType};
use lake::coap::{self as edhoc, EventKind, Step};
use lake::endpoint::{Action, Endpoint, To};
use lake::{OscoreContext, Role};
use lake_examples::demo::{CLIENT, SERVER};
use lake_examples::oscore::Oscore;
use lake_examples::service::Service;
use lake_examples::wire;

/// Datagrams, and whether the client has sent them.
#[derive(Default)]
struct Capture(Vec<(bool, Vec<u8>)>);

impl Capture {
    fn add(&mut self, by_client: bool, packet: &Packet) -> Vec<u8> {
        let datagram = packet.to_bytes().unwrap();
        self.0.push((by_client, datagram.clone()));
        datagram
    }

    /// What tshark makes of those under OSCORE with the context of the client: their payloads.
    fn read(&self, name: &str, client: &OscoreContext) -> Vec<String> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>();
        let lines = self.0.iter().map(|(by_client, datagram)| {
            format!("{}\n000000 {}\n", if *by_client { "O" } else { "I" }, hex(datagram).join(" "))
        });
        let text = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let capture = text.with_extension("pcapng");
        std::fs::write(&text, lines.collect::<String>()).unwrap();
        let options = ["-q", "-D", "-4", "10.0.0.2,10.0.0.1", "-u", "5683,40000"];
        output(Command::new("text2pcap").args(options).args([&text, &capture]));

        let keys =
            [&client.sender_id[..], &client.recipient_id, client.master_secret.expose(), client.master_salt.expose()];
        let keys: String = keys.iter().map(|key| format!("\"{}\",", hex(key).concat())).collect();
        let context = format!("uat:oscore_contexts:{keys}\"\",\"AES-CCM-16-64-128 (CCM*)\"");
        let fields = ["-Y", "oscore", "-T", "fields", "-e", "oscore.code", "-e", "data.data"];
        let said = output(Command::new("tshark").arg("-r").arg(&capture).args(["-o", &context]).args(fields));
        said.lines().map(payload).collect()
    }
}

/// Of a line: the code within, without which nothing was decrypted, and as data the ciphertext and,
/// if it is not empty, the payload.
fn payload(line: &str) -> String {
    let (code, data) = line.split_once('\t').expect("two fields");
    assert!(!code.is_empty(), "tshark could not decrypt {data}");
    let payload = data.split_once(',').map_or("", |(_, payload)| payload);
    String::from_utf8(unhex(payload)).expect("text")
}

fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}: run make deps"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn request(method: RequestType, number: u16, payload: &str) -> Packet {
    let builder = RequestBuilder::new("hello", method).token(Some(vec![number as u8]));
    let mut packet = builder.data(Some(payload.into())).build().message;
    packet.header.message_id = number;
    packet
}

#[test]
fn liboscore_as_client() {
    let config = SERVER.config(&CLIENT).unwrap().build().unwrap();
    let mut service = Service::new(&config, false).unwrap();
    let (mut capture, from) = (Capture::default(), SocketAddr::from(([127, 0, 0, 1], 40000)));
    let mut ask = |capture: &mut Capture, packet: &Packet| {
        let datagram = capture.add(true, packet);
        let out = service.receive(from, &datagram, SystemTime::now()).unwrap();
        let [(_, answer)] = &out[..] else { panic!("{out:?}") };
        let answer = Packet::from_bytes(answer).unwrap();
        capture.add(false, &answer);
        answer
    };

    let config = CLIENT.config(&SERVER).unwrap().suites(&[2]).methods(&[3]).build().unwrap();
    let mut run = edhoc::Client::new(&config, Role::Initiator, None).unwrap();
    let (mut step, mut number) = (run.start().unwrap(), 0);
    while let Step::Send(message) = step {
        number += 1;
        let mut packet = RequestBuilder::new(edhoc::PATH, RequestType::Post).build().message;
        packet.header.message_id = number;
        wire::write(&message, &mut packet);
        step = run.next(&wire::response(&ask(&mut capture, &packet))).unwrap();
    }
    let context = run.session().unwrap().oscore_context().unwrap();
    let mut client = Oscore::new(&context).unwrap();
    let mut expected = Vec::new();
    for payload in ["", "with a payload", "and another one"] {
        number += 1;
        let (protected, mut exchange) = client.protect_request(&request(RequestType::Get, number, payload)).unwrap();
        let answer = ask(&mut capture, &protected);
        let answer = client.unprotect_response(&answer, &mut exchange).unwrap();
        assert_eq!(answer.header.code, MessageClass::Response(ResponseType::Content));
        expected.extend([payload.to_string(), String::from_utf8(answer.payload).unwrap()]);
    }
    assert!(expected[1].starts_with("Hello demo client"), "{expected:?}");
    assert_eq!(capture.read("liboscore-client", &context), expected);
}

#[test]
fn liboscore_as_server() {
    let established: Arc<Mutex<Option<OscoreContext>>> = Arc::default();
    let keep = established.clone();
    let config = SERVER.config(&CLIENT).unwrap().build().unwrap();
    let run = edhoc::Server::builder(move |event| {
        if let EventKind::Established(session) = event.kind {
            *keep.lock().unwrap() = Some(session.oscore_context()?);
        }
        Ok(())
    });
    let (run, mut server) = (run.responder(&config).build().unwrap(), None);

    let config = CLIENT.config(&SERVER).unwrap().suites(&[2]).methods(&[3]).build().unwrap();
    let mut endpoint = Endpoint::builder().initiator(&config).build().unwrap();
    let (mut capture, mut expected, mut delivered) = (Capture::default(), Vec::new(), Vec::new());
    let payloads = ["the first", "", "the third"];
    for (number, payload) in (1..).zip(payloads) {
        let datagram = request(RequestType::Post, number, payload).to_bytes().unwrap();
        endpoint.send(To::Address(b"the server"), &datagram, SystemTime::now()).unwrap();
        while let Some(action) = endpoint.next_action().unwrap() {
            let datagram = match action {
                Action::Send { datagram, .. } => datagram,
                Action::Deliver { datagram, .. } => {
                    let answer = Packet::from_bytes(&datagram).unwrap();
                    assert_eq!(answer.get_token(), [number as u8]);
                    delivered.push(String::from_utf8(answer.payload).unwrap());
                    continue;
                }
                _ => continue,
            };
            let asked = Packet::from_bytes(&datagram).unwrap();
            capture.add(true, &asked);
            let answer = if asked.get_option(CoapOption::Oscore).is_some() {
                let context = || established.lock().unwrap().as_ref().map(|keys| Oscore::new(keys).unwrap());
                let server: &mut Oscore = server.get_or_insert_with(|| context().expect("the keys of EDHOC"));
                let (plain, mut exchange) = server.unprotect_request(&asked).unwrap();
                assert_eq!(plain.payload, payload.as_bytes());
                let mut answer = CoapResponse::new(&asked).unwrap().message;
                answer.payload = format!("You said {payload:?}.").into_bytes();
                expected.extend([payload.to_string(), String::from_utf8(answer.payload.clone()).unwrap()]);
                server.protect_response(&answer, &mut exchange).unwrap()
            } else {
                let edhoc::Response { code, format, payload, echo } = wire::response(&asked);
                let request = edhoc::Request { code, format, payload, echo, peer: b"client", ..Default::default() };
                let edhoc::Action::Send(message) = run.handle(&request).unwrap().action else { panic!() };
                let mut answer = CoapResponse::new(&asked).unwrap().message;
                wire::write(&message, &mut answer);
                answer
            };
            let answer = capture.add(false, &answer);
            endpoint.receive(b"the server", &answer, SystemTime::now()).unwrap();
        }
    }
    let mut client = established.lock().unwrap().take().expect("the keys of EDHOC"); // the same context, as the client has it
    std::mem::swap(&mut client.sender_id, &mut client.recipient_id);
    assert_eq!(delivered, payloads.map(|payload| format!("You said {payload:?}.")));
    assert_eq!(expected.len(), 2 * payloads.len());
    assert_eq!(capture.read("liboscore-server", &client), expected);
}
