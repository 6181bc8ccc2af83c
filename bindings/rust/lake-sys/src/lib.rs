#![doc = include_str!("../README.md")]
#![no_std]
#![allow(non_camel_case_types, clippy::doc_lazy_continuation)]

mod bindings;
pub use bindings::*;
