//! A CoAP client that makes keys with EDHOC and uses them with OSCORE: it GETs `/hello` of the
//! server and prints the answer. It ends with 0 only if that arrived.

use std::env;
use std::process::ExitCode;

use lake::BoxError;
use lake_examples::client::{Client, Flow};
use lake_examples::demo::{CLIENT, SERVER};
use lake_examples::options::{self, Options};

const USAGE: &str = "usage: coap_client [options] [address:port]

  address      of the server, 127.0.0.1:5683
  --combined   sends message_3 with the first protected request (RFC 9668)
  --reverse    the server sends message_1: the client is the Responder
  --discover   asks /.well-known/core what the server does, and where
";

#[tokio::main]
async fn main() -> ExitCode {
    let (mut address, mut flow, mut discover) = (String::from("127.0.0.1:5683"), Flow::Forward, false);
    let (mut options, mut arguments) = (Options::default(), env::args().skip(1));
    while let Some(argument) = arguments.next() {
        match (options.take(&argument, &mut arguments), argument.as_str()) {
            (Ok(true), _) => {}
            (Ok(false), "--combined") => flow = Flow::Combined,
            (Ok(false), "--reverse") => flow = Flow::Reverse,
            (Ok(false), "--discover") => discover = true,
            (Ok(false), other) if !other.starts_with('-') => address = argument,
            (Ok(false), _) => {
                eprintln!("{USAGE}{}", options::USAGE);
                return ExitCode::from(2);
            }
            (Err(error), _) => {
                eprintln!("{error}");
                return ExitCode::from(2);
            }
        }
    }
    match hello(&address, &options, flow, discover).await {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", options::told(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn hello(address: &str, options: &Options, flow: Flow, discover: bool) -> Result<String, BoxError> {
    let config = options.config(&CLIENT, &SERVER, &[3], &[2], false)?;
    let mut client = Client::connect(address.parse()?, &config, flow, discover).await?;
    println!("authenticated: {}", client.edhoc().session()?.peer_credential()?.description()?);
    let answer = client.get("hello").await?;
    Ok(String::from_utf8_lossy(&answer.payload).into_owned())
}
