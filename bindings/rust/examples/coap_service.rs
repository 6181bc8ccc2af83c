//! A CoAP service whose resource `/hello` is protected by OSCORE, with keys that come from
//! EDHOC at `/.well-known/edhoc`, in the forward and the reverse flow.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use lake::Id;
use lake_examples::demo::{CLIENT, SERVER};
use lake_examples::service::Service;
use tokio::net::UdpSocket;

const USAGE: &str = "usage: coap_service [--by-value] [--message-4] [address:port]

  --by-value   sends its credential; without it, refers to it by its kid
  --message-4  message_4 is part of the protocol; the client has to be told, too
  address      127.0.0.1:5683; port 0 takes a free one";

#[tokio::main]
async fn main() -> ExitCode {
    let (mut address, mut by_value, mut message_4) = (String::from("127.0.0.1:5683"), false, false);
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--by-value" => by_value = true,
            "--message-4" => message_4 = true,
            other if !other.starts_with('-') => address = argument,
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match serve(&address, by_value, message_4).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, by_value: bool, message_4: bool) -> Result<(), Box<dyn Error>> {
    let mut own = SERVER.own()?;
    if by_value {
        own = own.with_id(Id::Kccs)?;
    }
    let config = lake::Config::builder().suites(&[2, 3]).methods(&[3, 2, 1, 0]).own_credential(&own);
    let config = config.peer_credential(&CLIENT.public()?).require_message_4(message_4).build()?;
    let service = Service::new(&config, message_4)?;

    let socket = UdpSocket::bind(address).await?;
    println!("listening on {}", socket.local_addr()?);
    tokio::select! {
        ended = service.serve(socket) => Ok(ended?),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
