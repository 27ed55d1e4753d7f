//! Uses every dependency once, so that each has to be built, linked and right.
use serde::Serialize;
use std::error::Error;

#[derive(Serialize)]
struct Report {
    sqlite: String,
    sha256: String,
    zstd_bytes: usize,
    network: &'static str,
    home: &'static str,
}

fn main() -> Result<(), Box<dyn Error>> {
    let database = rusqlite::Connection::open_in_memory()?;
    let sqlite = database.query_row("select sqlite_version()", [], |row| row.get(0))?;
    let text = "the box ".repeat(1000);
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    let packed = zstd::encode_all(text.as_bytes(), 19)?;
    assert_eq!(zstd::decode_all(packed.as_slice())?, text.as_bytes());
    let report = Report {
        sqlite,
        sha256: digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
        zstd_bytes: packed.len(),
        network: match std::fs::read_to_string("/proc/net/route") {
            Ok(routes) if routes.lines().count() > 1 => "there is a way out",
            _ => "no way out",
        },
        home: match std::env::var_os("HOME").map(|home| std::path::Path::new(&home).join(".ssh").exists()) {
            Some(true) => "the keys of the user are visible",
            _ => "no keys to be seen",
        },
    };
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
