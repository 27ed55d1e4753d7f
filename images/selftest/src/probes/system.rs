//! Whether the box is a place of its own: namespaces, identity, rights.
use super::{io, Canaries, Outcome, Probe};
use std::fs;

pub const PROBES: &[Probe] = &[
    ("network-namespace", |canaries| namespace(canaries, "net")),
    ("process-namespace", |canaries| namespace(canaries, "pid")),
    ("message-namespace", |canaries| namespace(canaries, "ipc")),
    ("name-namespace", |canaries| namespace(canaries, "uts")),
    ("mount-namespace", |canaries| namespace(canaries, "mnt")),
    ("rights", rights),
    ("new-rights", |_| status("NoNewPrivs", |value| value == "0")),
    ("no-call-filter", |_| status("Seccomp", |value| value == "0")),
    ("root-inside", |_| status("Uid", |value| value.starts_with('0'))),
    ("groups", |_| status("Groups", |value| value.split_whitespace().any(|group| group == "0"))),
    ("other-processes", other_processes),
    ("shared-memory-of-host", |canaries| io(fs::metadata(format!("/dev/shm/{}", canaries.get("shared_memory")?))).map(|_| "it is there".into())),
    ("temporary-files-of-host", |canaries| io(fs::metadata(canaries.get("temporary_file")?)).map(|_| "it is there".into())),
    ("set-id-mounts", set_id_mounts),
];

fn namespace(canaries: &Canaries, kind: &str) -> Outcome {
    let own = io(fs::read_link(format!("/proc/self/ns/{kind}")))?.display().to_string();
    if own == canaries.get(&format!("ns_{kind}"))? { Ok(format!("the host's {own}")) } else { Err(own) }
}

fn status(name: &str, reached: fn(&str) -> bool) -> Outcome {
    let text = io(fs::read_to_string("/proc/self/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))).ok_or("not told")?.trim();
    if reached(line) { Ok(line.into()) } else { Err(line.into()) }
}

fn rights(_: &Canaries) -> Outcome {
    for set in ["CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        if let Ok(value) = status(set, |value| value.trim_start_matches('0') != "") {
            return Ok(format!("{set} {value}"));
        }
    }
    Err("none".into())
}

/// A box has its first process, cargo and what cargo starts.
fn other_processes(_: &Canaries) -> Outcome {
    let known = ["bwrap", "docker-init", "tini", "catatonit", "prlimit", "cargo", "rustc", "build-script-bu", "build-script-build", "boxed-probes", "conmon", "podman-init", "init", "ld", "cc", "collect2"];
    for entry in io(fs::read_dir("/proc"))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let program = fs::read_to_string(entry.path().join("comm")).unwrap_or_default().trim().to_string();
        if !program.is_empty() && !known.contains(&program.as_str()) {
            return Ok(format!("process {name} is {program}"));
        }
    }
    Err("only those of the box".into())
}

/// A writable mount where set-id bits count: a program of the box's own could be one for whoever finds it.
fn set_id_mounts(_: &Canaries) -> Outcome {
    let text = io(fs::read_to_string("/proc/self/mountinfo"))?;
    for line in text.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let (Some(point), Some(options)) = (fields.get(4), fields.get(5)) else { continue };
        let writable = options.split(',').any(|option| option == "rw");
        if writable && !options.contains("nosuid") && !point.starts_with("/proc") {
            return Ok(format!("{point} {options}"));
        }
    }
    Err("none".into())
}
