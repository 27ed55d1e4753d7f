//! Writes to where a box may not write, and ways around a read-only mount.
use super::{io, stopped, Canaries, Outcome, Probe};
use std::ffi::CString;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

pub const PROBES: &[Probe] = &[
    ("write-source", |_| add("src/boxed-canary.rs")),
    ("write-manifest", |_| append("Cargo.toml")),
    ("write-lock-file", |_| append("Cargo.lock")),
    ("write-build-script", |_| append("build.rs")),
    ("write-own-settings", |_| add("cargo-boxed.yaml.new")),
    ("write-cargo-config", |_| add(".cargo/boxed-canary.toml")),
    ("write-git-hook", |_| add(".git/hooks/boxed-canary")),
    ("write-git-config", |_| append(".git/config")),
    ("write-export", |_| add("target/boxed-canary")),
    ("config-in-ancestors", config_in_ancestors),
    ("write-cargo-home", write_cargo_home),
    ("write-cargo-bin", |_| add(&format!("{}/bin/boxed-canary", std::env::var("CARGO_HOME").unwrap_or_default()))),
    ("write-toolchain", |_| write_program("rustc")),
    ("write-toolchain-library", write_toolchain_library),
    ("write-compiler", |_| open_for_writing("/usr/bin/cc")),
    ("write-system-programs", |_| add("/usr/local/bin/boxed-canary")),
    ("write-loader-preload", |_| add("/etc/ld.so.preload.boxed-canary")),
    ("write-root", |_| add("/boxed-canary")),
    ("write-crates", |canaries| write_among(canaries, "crates")),
    ("write-store", |canaries| write_among(canaries, "store")),
    ("list-store", list_store),
    ("list-other-targets", |canaries| list(canaries, "other_target")),
    ("mode-of-source", mode_of_source),
    ("times-of-source", times_of_source),
    ("reopen-for-writing", reopen_for_writing),
    ("hard-link-to-source", hard_link),
    ("rename-project", |_| io(fs::rename("src/main.rs", "src/main.rs.boxed-canary").and_then(|()| fs::rename("src/main.rs.boxed-canary", "src/main.rs"))).map(|()| "renamed and back".into())),
    ("write-through-first-process", write_through_first),
    ("write-process-limits", |_| write_same("/proc/sys/kernel/threads-max")),
    ("write-core-pattern", |_| write_same("/proc/sys/kernel/core_pattern")),
    ("write-module-loader", |_| write_same("/proc/sys/kernel/modprobe")),
    ("write-hotplug", |_| write_same("/proc/sys/vm/overcommit_memory")),
    ("write-sysrq", |_| open_for_writing("/proc/sysrq-trigger")),
    ("write-control-group", write_control_group),
    ("write-sys", write_sys),
    ("write-block-device", write_block_device),
    ("device-nodes", device_nodes),
    ("sockets-in-files", sockets_in_files),
    ("set-id-programs", set_id_programs),
    ("writable-system-files", writable_system_files),
];

fn add(path: &str) -> Outcome {
    io(OpenOptions::new().write(true).create_new(true).open(path))?;
    let _ = fs::remove_file(path);
    Ok(format!("made {path}"))
}

fn append(path: &str) -> Outcome {
    io(OpenOptions::new().append(true).open(path)).map(|_| format!("opened {path} for writing"))
}

fn open_for_writing(path: &str) -> Outcome {
    io(OpenOptions::new().write(true).custom_flags(0o4000).open(path)).map(|_| format!("opened {path} for writing"))
}

fn write_same(path: &str) -> Outcome {
    let before = io(fs::read(path))?;
    io(fs::write(path, before)).map(|()| format!("wrote {path}"))
}

fn config_in_ancestors(_: &Canaries) -> Outcome {
    let mut folder: PathBuf = io(fs::canonicalize("."))?;
    let mut last = String::from("there is no folder above");
    while folder.pop() {
        // In the open only the nearest one is tried: that is a folder of the test's own.
        let config = folder.join(".cargo");
        match fs::create_dir(&config) {
            Ok(()) => {
                let _ = fs::remove_dir(&config);
                return Ok(format!("made {}", config.display()));
            }
            Err(error) => last = super::short(&error),
        }
    }
    Err(last)
}

fn write_cargo_home(_: &Canaries) -> Outcome {
    let home = std::env::var("CARGO_HOME").map_err(|_| "no CARGO_HOME")?;
    add(&format!("{home}/boxed-canary.toml"))
}

fn toolchain() -> Result<PathBuf, String> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "/box/toolchain/bin/rustc".into());
    let found = if rustc.contains('/') { PathBuf::from(&rustc) } else { in_path(&rustc)? };
    Ok(found.parent().and_then(Path::parent).unwrap_or(Path::new("/")).to_path_buf())
}

fn in_path(name: &str) -> Result<PathBuf, String> {
    let path = std::env::var("PATH").unwrap_or_default();
    let found = path.split(':').map(|folder| Path::new(folder).join(name)).find(|file| file.exists());
    found.ok_or_else(|| format!("no {name}"))
}

fn write_program(name: &str) -> Outcome {
    open_for_writing(&toolchain()?.join("bin").join(name).display().to_string())
}

fn write_toolchain_library(_: &Canaries) -> Outcome {
    add(&toolchain()?.join("lib/boxed-canary").display().to_string())
}

fn write_among(canaries: &Canaries, what: &str) -> Outcome {
    add(&format!("{}/boxed-canary", canaries.get(what)?))
}

fn list_store(canaries: &Canaries) -> Outcome {
    list(canaries, "store")
}

fn list(canaries: &Canaries, what: &str) -> Outcome {
    let count = io(fs::read_dir(canaries.get(what)?))?.count();
    if count == 0 { Err("it shows nothing".into()) } else { Ok(format!("{count} names")) }
}

fn mode_of_source(_: &Canaries) -> Outcome {
    let mode = io(fs::metadata("src/main.rs"))?.permissions();
    io(fs::set_permissions("src/main.rs", mode)).map(|()| "set".into())
}

fn times_of_source(_: &Canaries) -> Outcome {
    let file = io(fs::File::open("src/main.rs"))?;
    let modified = io(file.metadata().and_then(|stat| stat.modified()))?;
    io(file.set_modified(modified)).map(|()| "set".into())
}

/// A descriptor that was opened for reading, opened again through /proc.
fn reopen_for_writing(_: &Canaries) -> Outcome {
    use std::os::fd::AsRawFd;
    let file = io(fs::File::open("src/main.rs"))?;
    append(&format!("/proc/self/fd/{}", file.as_raw_fd()))
}

fn hard_link(_: &Canaries) -> Outcome {
    let link = std::env::temp_dir().join("boxed-canary-link");
    let near = Path::new("src/boxed-canary-link");
    let made = [link.as_path(), near].into_iter().find(|path| fs::hard_link("src/main.rs", path).is_ok());
    match made {
        None => stopped(),
        Some(path) => {
            let _ = fs::remove_file(path);
            Ok("linked".into())
        }
    }
}

fn write_through_first(canaries: &Canaries) -> Outcome {
    let folder = canaries.get("host_folder")?;
    let launcher = canaries.get("launcher").unwrap_or("1");
    add(&format!("/proc/{launcher}/root{folder}/boxed-canary"))
}

fn write_control_group(_: &Canaries) -> Outcome {
    for folder in ["/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids"] {
        let made = Path::new(folder).join("boxed-canary-group");
        if fs::create_dir(&made).is_ok() {
            let _ = fs::remove_dir(&made);
            return Ok(format!("made {}", made.display()));
        }
    }
    stopped()
}

fn write_sys(_: &Canaries) -> Outcome {
    for file in ["/sys/kernel/mm/transparent_hugepage/enabled", "/sys/power/state", "/sys/kernel/uevent_helper", "/sys/module/kernel/parameters/consoleblank"] {
        if open_for_writing(file).is_ok() {
            return Ok(format!("opened {file} for writing"));
        }
    }
    stopped()
}

fn write_block_device(canaries: &Canaries) -> Outcome {
    let device = canaries.get("block_device")?;
    io(fs::File::open(device)).map(|_| format!("opened {device}"))
}

fn device_nodes(_: &Canaries) -> Outcome {
    let known = ["null", "zero", "full", "random", "urandom", "tty", "ptmx", "pts", "shm", "console", "fd", "stdin", "stdout", "stderr", "core", "mqueue"];
    let odd: Vec<String> = io(fs::read_dir("/dev"))?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| !known.contains(&name.as_str()))
        .take(10)
        .collect();
    if odd.is_empty() { Err("only the plain ones".into()) } else { Ok(odd.join(" ")) }
}

/// Walks from `/` in a box, and from a folder of the test in the open.
fn walk(canaries: &Canaries, wanted: fn(&fs::Metadata) -> bool) -> Outcome {
    let mut folders = vec![PathBuf::from(canaries.get("walk_from").unwrap_or("/"))];
    let mut left = 300_000;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            left -= 1;
            let path = entry.path();
            let Ok(stat) = fs::symlink_metadata(&path) else { continue };
            if wanted(&stat) {
                return Ok(path.display().to_string());
            }
            let skipped = ["/proc", "/sys", "/box/toolchain", "/box/project"].iter().any(|known| path == Path::new(known));
            if stat.is_dir() && !skipped && left > 0 {
                folders.push(path);
            }
        }
    }
    Err("none is there".into())
}

fn sockets_in_files(canaries: &Canaries) -> Outcome {
    walk(canaries, |stat| stat.mode() & 0o170000 == 0o140000)
}

fn set_id_programs(canaries: &Canaries) -> Outcome {
    walk(canaries, |stat| stat.is_file() && stat.mode() & 0o6000 != 0 && stat.mode() & 0o111 != 0)
}

extern "C" {
    fn access(path: *const std::ffi::c_char, mode: i32) -> i32;
}

fn writable_system_files(_: &Canaries) -> Outcome {
    for path in ["/", "/etc", "/usr", "/usr/bin", "/usr/lib", "/lib", "/bin", "/etc/passwd", "/etc/ld.so.conf", "/var", "/opt", "/srv", "/home", "/root", "/run", "/box"] {
        let text = CString::new(path).expect("no NUL");
        if unsafe { access(text.as_ptr(), 2) } == 0 {
            return Ok(path.into());
        }
    }
    Err("none is writable".into())
}
