//! OSCORE between two contexts of one run.

use coap::request::RequestBuilder;
use coap_lite::{CoapOption, Packet, RequestType};
use lake::{OscoreContext, Step};
use lake_examples::demo::{CLIENT, SERVER};
use lake_examples::oscore::{kid, Oscore, OscoreError};

fn contexts() -> (OscoreContext, OscoreContext) {
    let mut i = CLIENT.config(&SERVER).unwrap().build().unwrap().initiator().unwrap();
    let mut r = SERVER.config(&CLIENT).unwrap().build().unwrap().responder().unwrap();
    let Step::Send(message_1) = i.step(&[]).unwrap() else { panic!() };
    let Step::Send(message_2) = r.step(&message_1).unwrap() else { panic!() };
    let Step::Complete(Some(message_3)) = i.step(&message_2).unwrap() else { panic!() };
    assert_eq!(r.step(&message_3).unwrap(), Step::Complete(None));
    (i.oscore_context().unwrap(), r.oscore_context().unwrap())
}

fn request(query: usize, payload: usize) -> Packet {
    let builder = RequestBuilder::new("a/hello", RequestType::Post).queries(vec![vec![b'q'; query]]);
    builder.token(Some(vec![1, 2])).data(Some(vec![7; payload])).build().message
}

#[test]
fn requests_and_responses_arrive() {
    let (i, r) = contexts();
    let (mut client, mut server) = (Oscore::new(&i).unwrap(), Oscore::new(&r).unwrap());
    for (query, payload) in [(0, 0), (1, 0), (12, 1), (13, 0), (32, 0), (33, 50), (100, 1000)] {
        let request = request(query, payload);
        let (protected, mut exchange) = client.protect_request(&request).unwrap();
        assert_eq!(kid(&protected), Some(i.sender_id.clone()));
        assert_eq!(protected.get_token(), request.get_token());
        assert!(!protected.to_bytes_unlimited().unwrap().windows(5).any(|bytes| bytes == b"hello"));
        let (plain, mut answered) = server.unprotect_request(&protected).unwrap();
        assert_eq!((&plain.payload, plain.header.code), (&request.payload, request.header.code));
        assert!(plain.options().eq(request.options()), "{query} {payload}");
        assert_eq!(server.unprotect_request(&protected).map(drop).unwrap_err(), OscoreError::Replay);

        let mut response = request;
        response.clear_all_options();
        response.add_option(CoapOption::ETag, vec![3; 8]);
        let protected = server.protect_response(&response, &mut answered).unwrap();
        let plain = client.unprotect_response(&protected, &mut exchange).unwrap();
        assert_eq!((plain.payload.len(), plain.get_first_option(CoapOption::ETag)), (payload, Some(&vec![3; 8])));
    }
}

#[test]
fn other_packets_do_not() {
    let ((i, r), (other, _)) = (contexts(), contexts());
    let (mut client, mut server) = (Oscore::new(&i).unwrap(), Oscore::new(&r).unwrap());
    let (mut protected, _) = client.protect_request(&request(0, 5)).unwrap();
    assert_eq!(server.unprotect_request(&request(0, 5)).map(drop).unwrap_err(), OscoreError::Malformed);
    let (foreign, _) = Oscore::new(&other).unwrap().protect_request(&request(0, 5)).unwrap();
    assert_eq!(server.unprotect_request(&foreign).map(drop).unwrap_err(), OscoreError::Invalid);
    *protected.payload.last_mut().unwrap() ^= 1;
    assert_eq!(server.unprotect_request(&protected).map(drop).unwrap_err(), OscoreError::Invalid);
}
