#![doc = include_str!("../README.md")]

mod callback;
pub mod coap;
mod config;
mod convert;
mod credential;
mod ead;
mod error;
mod error_message;
mod ffi;
mod keys;
mod library;
mod messages;
mod peer;
mod renewal;
mod secret;
mod session;
mod state;
mod status;
mod step;
mod suite;

pub use callback::Caller;
pub use config::{Config, ConfigBuilder, Limits, Name, PeerPolicy, Question, Resolution};
pub use convert::{build_ccs, build_cose_key, c509_from_x509, c509_to_x509, ccs_from_cose_key};
pub use credential::{Credential, CredentialKind, Data, Id, Origin, Psk};
pub use ead::EadItem;
pub use error::{BoxError, Error};
pub use error_message::ErrorMessage;
pub use keys::OscoreContext;
pub use library::{abi_version, build_info, clear_log, has_feature, live_handles, set_log, version, version_number};
pub use renewal::{saved_id, Renewal, RenewalLimits, ResumptionStore, SealingKey};
pub use secret::Secret;
pub use session::Session;
pub use state::{Next, Role, State};
pub use status::{Group, Status};
pub use step::{Pending, Progress, Step};
pub use suite::{
    generate_keypair, method_info, method_name, methods, suite_info, suite_name, suites, KeyKind, MethodInfo, SuiteInfo,
};
