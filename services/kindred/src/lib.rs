//! Roles, command line and demo.
#![doc = include_str!("../README.md")]

pub mod audit;
pub mod bus;
pub mod cli;
pub mod demo;
pub mod health;
pub mod import;
pub mod keys;
pub mod operate;
pub mod operator;
pub mod output;
pub mod prepare;
pub mod serve;
