//! A build script with a wall of its own, which tries to change what belongs to others: one JSON line a probe. The
//! probes of the other package have no wall but that of the box.
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

extern "C" {
    fn kill(process: i32, signal: i32) -> i32;
}

fn make(folder: &Path) -> io::Result<()> {
    let file = folder.join("boxed-canary");
    File::create(&file)?;
    fs::remove_file(file)
}

/// Any file below that can be opened for writing: nothing is written.
fn open_one(folder: &Path) -> io::Result<()> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let tried = if path.is_dir() { open_one(&path) } else { File::options().append(true).open(&path).map(drop) };
        match tried {
            Ok(()) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn signal(process: u32) -> io::Result<()> {
    match unsafe { kill(process as i32, 0) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

fn main() {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let target = PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").expect("a box sets CARGO_TARGET_DIR"));
    let run = out.parent().expect("OUT_DIR lies in the folder of this run");
    let all = run.parent().expect("which lies among others");
    let cargo = std::os::unix::process::parent_id();
    let probes = [
        ("wall-results", make(&target)),
        ("wall-outputs", make(all)),
        ("wall-scripts", others(all, run)),
        ("wall-temporary-files", make(Path::new("/tmp"))),
        ("wall-home", make(Path::new("/box/home"))),
        ("wall-signal", signal(cargo)),
        ("wall-memory", File::options().write(true).open(format!("/proc/{cargo}/mem")).map(drop)),
    ];
    let mut report = String::new();
    for (name, outcome) in probes {
        let (reached, detail) = match outcome {
            Ok(()) => (true, "it was done".to_string()),
            Err(error) => (false, error.to_string()),
        };
        report += &format!("{{\"phase\":\"walled\",\"probe\":\"{name}\",\"reached\":{reached},\"detail\":\"{detail}\"}}\n");
    }
    fs::write(out.join("walled.jsonl"), report).expect("OUT_DIR is writable");
    println!("cargo::rerun-if-changed=build.rs");
}

/// What lies among the folders of other runs and other scripts.
fn others(all: &Path, own: &Path) -> io::Result<()> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for entry in fs::read_dir(all)? {
        let path = entry?.path();
        if path == own {
            continue;
        }
        match open_one(&path) {
            Ok(()) => return Ok(()),
            Err(error) => last = error,
        }
    }
    Err(last)
}
