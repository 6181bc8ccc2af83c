//! A CoAP client that makes keys with EDHOC and uses them with OSCORE: it GETs `/hello` of the
//! server and prints the answer. It ends with 0 only if that arrived.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use lake::Id;
use lake_examples::client::{Client, Flow};
use lake_examples::demo::{CLIENT, SERVER};

const USAGE: &str = "usage: coap_client [--by-value] [--combined] [--message-4] [address:port]

  --by-value   sends its credential; without it, refers to it by its kid
  --combined   sends message_3 with the first protected request (RFC 9668)
  --message-4  message_4 is part of the protocol; the server has to be told, too
  address      of the server, 127.0.0.1:5683";

#[tokio::main]
async fn main() -> ExitCode {
    let (mut address, mut by_value, mut message_4) = (String::from("127.0.0.1:5683"), false, false);
    let mut flow = Flow::Explicit;
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--by-value" => by_value = true,
            "--combined" => flow = Flow::Combined,
            "--message-4" => message_4 = true,
            other if !other.starts_with('-') => address = argument,
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match hello(&address, by_value, message_4, flow).await {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn hello(address: &str, by_value: bool, message_4: bool, flow: Flow) -> Result<String, Box<dyn Error>> {
    let mut own = CLIENT.own()?;
    if by_value {
        own = own.with_id(Id::Kccs)?;
    }
    let config = lake::Config::builder().suites(&[2]).methods(&[3]).own_credential(&own);
    let config = config.peer_credential(&SERVER.public()?).require_message_4(message_4).build()?;
    let mut client = Client::connect(address.parse()?, &config, flow).await?;
    println!("authenticated: {}", client.session().peer_credential()?.describe()?);
    let answer = client.get("hello").await?;
    Ok(String::from_utf8_lossy(&answer.payload).into_owned())
}
