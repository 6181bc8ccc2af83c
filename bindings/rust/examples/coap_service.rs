//! A CoAP service whose resource `/hello` is protected by OSCORE, with keys that come from
//! EDHOC at `/.well-known/edhoc`, in the forward and the reverse flow.

use std::env;
use std::process::ExitCode;

use lake::endpoint::Limits;
use lake::BoxError;
use lake_examples::demo::{CLIENT, SERVER};
use lake_examples::options::{self, Options};
use lake_examples::service::{Service, CLIENTS};
use tokio::net::UdpSocket;

const USAGE: &str = "usage: coap_service [options] [address:port]

  address      127.0.0.1:5683; port 0 takes a free one
  --no-echo    for clients that do not know the Echo option
";

#[tokio::main]
async fn main() -> ExitCode {
    let (mut address, mut no_echo) = (String::from("127.0.0.1:5683"), false);
    let (mut options, mut arguments) = (Options::default(), env::args().skip(1));
    while let Some(argument) = arguments.next() {
        match options.take(&argument, &mut arguments) {
            Ok(true) => {}
            Ok(false) if argument == "--no-echo" => no_echo = true,
            Ok(false) if !argument.starts_with('-') => address = argument,
            Ok(false) => {
                eprintln!("{USAGE}{}", options::USAGE);
                return ExitCode::from(2);
            }
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::from(2);
            }
        }
    }
    match serve(&address, &options, no_echo).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", options::told(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, options: &Options, no_echo: bool) -> Result<(), BoxError> {
    let config = options.config(&SERVER, &CLIENT, &[3, 2, 1, 0], &[2, 3], true)?;
    let limits = Limits { peers: CLIENTS, no_echo, ..Limits::default() };
    let service = Service::with_limits(&config, options.message_4, limits)?;

    let socket = UdpSocket::bind(address).await?;
    println!("listening on {}", socket.local_addr()?);
    tokio::select! {
        ended = service.serve(socket) => Ok(ended?),
        _ = tokio::signal::ctrl_c() => Ok(()),
    }
}
