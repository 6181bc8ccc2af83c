//! What a handshake costs through this crate: `cargo run --release --example handshake_cost -- 200` runs
//! method 3 with suite 2 so many times, both sides, up to the OSCORE contexts, and prints the microseconds
//! of one. `bindings/python/bench/handshake.py` compares it with the other languages in one run.

use lake::{Config, Credential, Error, KeyKind, Step};
use std::time::Instant;

fn new_key(kid: &[u8]) -> Result<Credential, Error> {
    let (private, public) = lake::generate_keypair(KeyKind::P256)?;
    Credential::from_ccs(&lake::build_ccs(None, kid, KeyKind::P256, &public)?)?.with_private_key(&private)
}

fn config(own: &Credential, peer: &Credential) -> Result<Config, Error> {
    Config::builder().methods(&[3]).suites(&[2]).own_credential(own).peer_credential(peer).build()
}

fn handshake(client: &Config, server: &Config) -> Result<(), Error> {
    let (mut initiator, mut responder) = (client.initiator()?, server.responder()?);
    let mut message = Vec::new();
    loop {
        match initiator.step(&message)? {
            Step::Send(next) => message = next,
            Step::Complete(last) => {
                let done = responder.step(&last.unwrap_or_default())?;
                assert!(matches!(done, Step::Complete(None)), "the responder waits for more: {done:?}");
                break;
            }
            other => panic!("nothing is to be decided: {other:?}"),
        }
        if let Step::Send(next) = responder.step(&message)? {
            message = next;
        }
    }
    initiator.oscore_context()?;
    responder.oscore_context()?;
    Ok(())
}

fn main() -> Result<(), Error> {
    let count: u32 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(200);
    let (own, peer) = (new_key(b"\x01")?, new_key(b"\x02")?);
    let (client, server) = (config(&own, &peer)?, config(&peer, &own)?);
    handshake(&client, &server)?;
    let start = Instant::now();
    for _ in 0..count {
        handshake(&client, &server)?;
    }
    println!("{:.1}", start.elapsed().as_secs_f64() * 1e6 / f64::from(count));
    Ok(())
}
