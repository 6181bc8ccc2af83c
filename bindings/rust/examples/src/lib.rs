//! EDHOC over CoAP (RFC 9528 appendix A.2, RFC 9668), and OSCORE with its keys: what the
//! programs `coap_service` and `coap_client` are made of. `coap_plain` leaves both to
//! `lake::endpoint`, underneath ([`underlay`]) the crate `coap`.
//!
//! CoAP is that of the crates `coap` and `coap-lite`, OSCORE that of `liboscore`, EDHOC that of
//! `lake`.

pub mod client;
pub mod demo;
pub mod options;
pub mod oscore;
pub mod service;
pub mod underlay;
pub mod wire;
