#![doc = include_str!("../README.md")]
#![no_std]
#![allow(non_camel_case_types, clippy::doc_lazy_continuation)]

#[rustfmt::skip] // it has its own style
mod bindings;
pub use bindings::*;
