//! What a box must not be able to know.
use super::{io, Canaries, Outcome, Probe};
use std::fs;
use std::path::Path;

pub const PROBES: &[Probe] = &[
    ("variable-canary", variable_canary),
    ("variable-names", variable_names),
    ("first-process-variables", |canaries| process_file(canaries, "environ")),
    ("first-process-arguments", first_process_arguments),
    ("other-processes-variables", other_processes),
    ("home-secrets", home_secrets),
    ("tokens-of-cargo", tokens_of_cargo),
    ("host-user", |canaries| contains("/etc/passwd", canaries.get("user")?)),
    ("host-user-by-variable", |canaries| same(std::env::var("USER").ok(), canaries.get("user")?)),
    ("host-name", host_name),
    ("host-name-file", |canaries| same(fs::read_to_string("/etc/hostname").ok(), canaries.get("host_name")?)),
    ("machine-id", |canaries| same(fs::read_to_string("/etc/machine-id").ok(), canaries.get("machine_id")?)),
    ("boot-id", |canaries| same(fs::read_to_string("/proc/sys/kernel/random/boot_id").ok(), canaries.get("boot_id")?)),
    ("shadow-file", |_| io(fs::read_to_string("/etc/shadow")).and_then(|text| has_hash(&text))),
    ("keys-of-the-kernel", |_| not_empty("/proc/keys")),
    ("kernel-log-file", |_| not_empty_start("/proc/kmsg")),
    ("kernel-addresses", kernel_addresses),
    ("kernel-memory", |_| not_empty_start("/proc/kcore")),
    ("timers-of-the-host", |_| not_empty("/proc/timer_list")),
    ("git-credentials", |_| contains(".git/config", "canary-git-token")),
    ("dot-env", |_| contains(".env", "canary-dot-env")),
    ("private-key-in-project", |_| contains("secret.pem", "canary-pem")),
    ("mount-table-host-paths", |canaries| contains("/proc/self/mountinfo", canaries.get("host_folder")?)),
    ("control-group-path", |canaries| contains("/proc/self/cgroup", canaries.get("group_word")?)),
    ("descriptors", descriptors),
    ("descriptors-of-first-process", descriptors_of_first),
    ("working-folder-above", |canaries| above(canaries, "cwd")),
    ("root-of-first-process", |canaries| above(canaries, "root")),
];

fn contains(file: &str, word: &str) -> Outcome {
    let text = String::from_utf8_lossy(&io(fs::read(file))?).into_owned();
    if text.contains(word) { Ok(format!("{word} in {file}")) } else { Err("it is not in there".into()) }
}

fn same(found: Option<String>, wanted: &str) -> Outcome {
    match found.as_deref().map(str::trim) {
        None => Err("nothing there".into()),
        Some(text) if !text.is_empty() && text == wanted => Ok(text.into()),
        Some(_) => Err("another one".into()),
    }
}

fn variable_canary(canaries: &Canaries) -> Outcome {
    let word = canaries.get("variable")?;
    let found = std::env::vars().find(|(_, value)| value.contains(word));
    found.map(|(name, _)| name).ok_or_else(|| "no variable has it".into())
}

/// Cargo's own variables for build scripts begin with these; all else has to be on the list.
fn variable_names(_: &Canaries) -> Outcome {
    let known = [
        "HOME", "PATH", "TMPDIR", "LANG", "LANGUAGE", "USER", "LOGNAME", "PWD", "TERM", "COLORTERM", "NO_COLOR", "CI", "TZ", "HOST", "TARGET",
        "OUT_DIR", "NUM_JOBS", "OPT_LEVEL", "PROFILE", "DEBUG", "RUSTC", "RUSTDOC", "RUSTC_LINKER", "LD_LIBRARY_PATH",
        "SHLVL", "OLDPWD", "_", "SSL_CERT_FILE", "HOSTNAME", "container", "SSL_CERT_DIR",
    ];
    let prefixes = ["CARGO_", "RUST_", "RUSTUP_", "DEP_", "LC_", "CARGO", "CLICOLOR", "FORCE_COLOR", "RUSTFLAGS", "RUSTDOCFLAGS"];
    let odd: Vec<String> = std::env::vars_os()
        .map(|(name, _)| name.to_string_lossy().into_owned())
        .filter(|name| !known.contains(&name.as_str()) && !prefixes.iter().any(|prefix| name.starts_with(prefix)))
        .collect();
    if odd.is_empty() { Err("all are known".into()) } else { Ok(odd.join(" ")) }
}

fn process_file(canaries: &Canaries, file: &str) -> Outcome {
    contains(&format!("/proc/{}/{file}", canaries.get("launcher").unwrap_or("1")), canaries.get("variable")?)
}

fn first_process_arguments(canaries: &Canaries) -> Outcome {
    contains(&format!("/proc/{}/cmdline", canaries.get("launcher").unwrap_or("1")), canaries.get("host_folder")?)
}

fn other_processes(canaries: &Canaries) -> Outcome {
    let word = canaries.get("variable")?;
    let own = std::process::id().to_string();
    for entry in io(fs::read_dir("/proc"))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == own || !name.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let found = fs::read(entry.path().join("environ")).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(word));
        if found {
            return Ok(format!("process {name}"));
        }
    }
    Err("no process has it".into())
}

fn home_secrets(canaries: &Canaries) -> Outcome {
    let files = [
        ".ssh/id_ed25519", ".aws/credentials", ".config/gh/hosts.yml", ".cargo/credentials.toml", ".docker/config.json", ".netrc", ".npmrc",
        ".git-credentials", ".kube/config", ".gnupg/secring.gpg", ".config/gcloud/credentials.db", ".pypirc", ".bash_history",
    ];
    for home in [canaries.get("home")?.to_string(), std::env::var("HOME").unwrap_or_default(), "/root".into()] {
        for file in files {
            let path = Path::new(&home).join(file);
            if fs::read_to_string(&path).is_ok_and(|text| text.contains("canary-home")) {
                return Ok(path.display().to_string());
            }
        }
    }
    Err("none is there".into())
}

fn tokens_of_cargo(canaries: &Canaries) -> Outcome {
    let home = std::env::var("CARGO_HOME").or_else(|_| canaries.get("home").map(|home| format!("{home}/.cargo"))).unwrap_or_default();
    for file in ["credentials.toml", "credentials", "config.toml"] {
        if fs::read_to_string(Path::new(&home).join(file)).is_ok_and(|text| text.contains("canary-home")) {
            return Ok(file.into());
        }
    }
    Err("no token".into())
}

fn host_name(canaries: &Canaries) -> Outcome {
    same(fs::read_to_string("/proc/sys/kernel/hostname").ok(), canaries.get("host_name")?)
}

fn has_hash(text: &str) -> Outcome {
    if text.lines().any(|line| line.split(':').nth(1).is_some_and(|hash| hash.starts_with('$'))) { Ok("a hash of a password".into()) } else { Err("no hash in it".into()) }
}

fn not_empty(file: &str) -> Outcome {
    let text = String::from_utf8_lossy(&io(fs::read(file))?).into_owned();
    if text.trim().is_empty() { Err("it is empty".into()) } else { Ok(format!("{} bytes", text.len())) }
}

fn not_empty_start(file: &str) -> Outcome {
    use std::io::Read;
    use std::os::unix::fs::OpenOptionsExt;
    let mut opened = io(fs::OpenOptions::new().read(true).custom_flags(0o4000).open(file))?;
    let length = io(opened.read(&mut [0; 512]))?;
    if length == 0 { Err("it is empty".into()) } else { Ok(format!("{length} bytes")) }
}

fn kernel_addresses(_: &Canaries) -> Outcome {
    let text = io(fs::read_to_string("/proc/kallsyms"))?;
    let real = text.lines().take(50).find(|line| !line.starts_with("0000000000000000"));
    real.map(|line| line.chars().take(40).collect()).ok_or_else(|| "all are zero".into())
}

/// A descriptor beside the first three that leads to a file or folder which somebody left open.
fn descriptors(canaries: &Canaries) -> Outcome {
    leads_out("/proc/self/fd", canaries)
}

fn descriptors_of_first(canaries: &Canaries) -> Outcome {
    leads_out(&format!("/proc/{}/fd", canaries.get("launcher").unwrap_or("1")), canaries)
}

fn leads_out(folder: &str, canaries: &Canaries) -> Outcome {
    let word = canaries.get("host_folder")?;
    for entry in io(fs::read_dir(folder))?.flatten() {
        let link = fs::read_link(entry.path()).unwrap_or_default().display().to_string();
        if link.starts_with(word) {
            return Ok(format!("{} is {link}", entry.file_name().to_string_lossy()));
        }
    }
    Err("none leads to the host".into())
}

/// Links of /proc lead past mounts: to the launcher's own root and working folder.
fn above(canaries: &Canaries, link: &str) -> Outcome {
    let start = Path::new("/proc").join(canaries.get("launcher").unwrap_or("1")).join(link);
    let up = "../".repeat(if link == "cwd" { 20 } else { 0 });
    let path = start.join(format!("{up}{}", canaries.get("host_root_entry")?));
    io(fs::symlink_metadata(&path)).map(|_| path.display().to_string())
}
