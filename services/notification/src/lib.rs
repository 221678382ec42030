//! Tells members what happened: in their inbox, and by mail if they want it.

pub mod contract;
pub mod domain;

#[cfg(test)]
mod testing;
