//! Roles, command line and demo.
#![doc = include_str!("../README.md")]

pub mod audit;
pub mod bus;
pub mod cli;
pub mod demo;
pub mod health;
pub mod import;
pub mod keys;
pub mod matching;
pub mod operate;
pub mod operator;
pub mod output;
pub mod prepare;
pub mod serve;

/// Commands allocate much and briefly over several threads, where the C library's allocator
/// spends its time on giving memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
