//! Attacks that any code in a build can try. Each tells whether it reached what it wanted; nothing here does harm when
//! it does: only canaries are read, and what is written is removed or was there before.
#[path = "files.rs"]
mod files;
#[path = "kernel.rs"]
mod kernel;
#[path = "network.rs"]
mod network;
#[path = "secrets.rs"]
mod secrets;
#[path = "system.rs"]
mod system;

use std::collections::BTreeMap;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// `Ok`: reached, and what. `Err`: stopped, and by what.
pub type Outcome = Result<String, String>;
pub type Probe = (&'static str, fn(&Canaries) -> Outcome);

/// What is there to be found on the host, as the test or the self-test laid it out: `name=value` lines.
pub struct Canaries(BTreeMap<String, String>);

impl Canaries {
    fn read() -> Self {
        let text = std::fs::read_to_string("canaries").unwrap_or_default();
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        Canaries(pairs.map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    /// A probe without its canary has nothing to reach.
    pub fn get(&self, name: &str) -> Result<&str, String> {
        self.0.get(name).map(String::as_str).ok_or_else(|| format!("no canary {name}"))
    }
}

pub fn report(phase: &str) -> String {
    let canaries = Canaries::read();
    let mut text = String::new();
    for group in [network::PROBES, secrets::PROBES, files::PROBES, kernel::PROBES, system::PROBES] {
        for (name, probe) in group {
            let outcome = catch_unwind(AssertUnwindSafe(|| probe(&canaries))).unwrap_or_else(|_| Err("it panicked".into()));
            let (reached, detail) = match &outcome {
                Ok(detail) => (true, detail),
                Err(detail) => (false, detail),
            };
            text += &format!("{{\"phase\":\"{phase}\",\"probe\":\"{name}\",\"reached\":{reached},\"detail\":{}}}\n", json(detail));
        }
    }
    text
}

fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars().take(400) {
        match character {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            plain if !plain.is_control() => quoted.push(plain),
            other => quoted += &format!("\\u{:04x}", (other as u32).min(0xffff)),
        }
    }
    quoted + "\""
}

/// The system's word for the last error of a call.
pub fn stopped<T>() -> Result<T, String> {
    Err(short(&std::io::Error::last_os_error()))
}

pub fn short(error: &std::io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => format!("errno {number}: {error}"),
        None => error.to_string(),
    }
}

pub fn io<T>(result: std::io::Result<T>) -> Result<T, String> {
    result.map_err(|error| short(&error))
}
