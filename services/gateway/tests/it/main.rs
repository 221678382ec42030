//! The gateway over fake services: what browsers and programs get, and what goes wrong well.

pub mod fake;
pub mod site;

#[cfg(test)]
mod attacks;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod conversations;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod live;
#[cfg(test)]
mod markup;
#[cfg(test)]
mod mentoring;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod program;
#[cfg(test)]
mod similar;
