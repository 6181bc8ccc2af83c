//! A CoAP client that makes keys with EDHOC and uses them with OSCORE: it GETs `/hello` of the
//! server and prints the answer. It ends with 0 only if that arrived.

use std::env;
use std::process::ExitCode;

use lake::{BoxError, Id};
use lake_examples::client::{Client, Flow};
use lake_examples::demo::{CLIENT, SERVER};

const USAGE: &str = "usage: coap_client [options] [address:port]

  --by-value   sends its credential; without it, refers to it by its kid
  --combined   sends message_3 with the first protected request (RFC 9668)
  --reverse    the server sends message_1: the client is the Responder
  --message-4  message_4 is part of the protocol; the server has to be told, too
  --discover   asks /.well-known/core what the server does, and where
  address      of the server, 127.0.0.1:5683";

#[tokio::main]
async fn main() -> ExitCode {
    let (mut address, mut options) = (String::from("127.0.0.1:5683"), Options::default());
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--by-value" => options.by_value = true,
            "--combined" => options.flow = Some(Flow::Combined),
            "--reverse" => options.flow = Some(Flow::Reverse),
            "--message-4" => options.message_4 = true,
            "--discover" => options.discover = true,
            other if !other.starts_with('-') => address = argument,
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    match hello(&address, &options).await {
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

#[derive(Default)]
struct Options {
    by_value: bool,
    flow: Option<Flow>,
    message_4: bool,
    discover: bool,
}

async fn hello(address: &str, options: &Options) -> Result<String, BoxError> {
    let mut own = CLIENT.own()?;
    if options.by_value {
        own = own.with_id(Id::Kccs)?;
    }
    let config = lake::Config::builder().suites(&[2]).methods(&[3]).own_credential(&own);
    let config = config.peer_credential(&SERVER.public()?).require_message_4(options.message_4).build()?;
    let flow = options.flow.unwrap_or(Flow::Forward);
    let mut client = Client::connect(address.parse()?, &config, flow, options.discover).await?;
    println!("authenticated: {}", client.edhoc().session()?.peer_credential()?.description()?);
    let answer = client.get("hello").await?;
    Ok(String::from_utf8_lossy(&answer.payload).into_owned())
}
