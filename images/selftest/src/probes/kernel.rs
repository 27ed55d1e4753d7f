//! System calls that are doors out of a box or into the kernel. Each is asked so that a yes does nothing.
use super::{stopped, Canaries, Outcome, Probe};
use std::ffi::{c_char, c_long, c_void, CString};
use std::ptr::null_mut;

#[cfg(target_arch = "x86_64")]
mod number {
    pub const MOUNT: i64 = 165;
    pub const UMOUNT: i64 = 166;
    pub const SWAPON: i64 = 167;
    pub const REBOOT: i64 = 169;
    pub const SETHOSTNAME: i64 = 170;
    pub const PIVOT_ROOT: i64 = 155;
    pub const CHROOT: i64 = 161;
    pub const ACCT: i64 = 163;
    pub const SETTIMEOFDAY: i64 = 164;
    pub const INIT_MODULE: i64 = 175;
    pub const QUOTACTL: i64 = 179;
    pub const SYSLOG: i64 = 103;
    pub const PTRACE: i64 = 101;
    pub const SETUID: i64 = 105;
    pub const SETXATTR: i64 = 188;
    pub const MKNODAT: i64 = 259;
    pub const UNSHARE: i64 = 272;
    pub const ADD_KEY: i64 = 248;
    pub const REQUEST_KEY: i64 = 249;
    pub const KEYCTL: i64 = 250;
    pub const PERF_EVENT_OPEN: i64 = 298;
    pub const FANOTIFY_INIT: i64 = 300;
    pub const NAME_TO_HANDLE_AT: i64 = 303;
    pub const OPEN_BY_HANDLE_AT: i64 = 304;
    pub const SETNS: i64 = 308;
    pub const PROCESS_VM_READV: i64 = 310;
    pub const BPF: i64 = 321;
    pub const KEXEC_LOAD: i64 = 246;
    pub const USERFAULTFD: i64 = 323;
}
#[cfg(target_arch = "aarch64")]
mod number {
    pub const MOUNT: i64 = 40;
    pub const UMOUNT: i64 = 39;
    pub const SWAPON: i64 = 224;
    pub const REBOOT: i64 = 142;
    pub const SETHOSTNAME: i64 = 161;
    pub const PIVOT_ROOT: i64 = 41;
    pub const CHROOT: i64 = 51;
    pub const ACCT: i64 = 89;
    pub const SETTIMEOFDAY: i64 = 170;
    pub const INIT_MODULE: i64 = 105;
    pub const QUOTACTL: i64 = 60;
    pub const SYSLOG: i64 = 116;
    pub const PTRACE: i64 = 117;
    pub const SETUID: i64 = 146;
    pub const SETXATTR: i64 = 5;
    pub const MKNODAT: i64 = 33;
    pub const UNSHARE: i64 = 97;
    pub const ADD_KEY: i64 = 217;
    pub const REQUEST_KEY: i64 = 218;
    pub const KEYCTL: i64 = 219;
    pub const PERF_EVENT_OPEN: i64 = 241;
    pub const FANOTIFY_INIT: i64 = 262;
    pub const NAME_TO_HANDLE_AT: i64 = 264;
    pub const OPEN_BY_HANDLE_AT: i64 = 265;
    pub const SETNS: i64 = 268;
    pub const PROCESS_VM_READV: i64 = 270;
    pub const BPF: i64 = 280;
    pub const KEXEC_LOAD: i64 = 104;
    pub const USERFAULTFD: i64 = 282;
}
const IO_URING_SETUP: i64 = 425;
const OPEN_TREE: i64 = 428;
const FSOPEN: i64 = 430;
const PIDFD_OPEN: i64 = 434;
const PIDFD_GETFD: i64 = 438;
const CLONE3: i64 = 435;
const MOUNT_SETATTR: i64 = 442;
const NEW_USER: i64 = 0x1000_0000;
const NEW_MOUNTS: i64 = 0x0002_0000;
const NEW_NETWORK: i64 = 0x4000_0000;

pub const PROBES: &[Probe] = &[
    ("new-user-namespace", |_| in_child(|| call(number::UNSHARE, [NEW_USER, 0, 0, 0, 0]))),
    ("new-mount-namespace", |_| in_child(|| call(number::UNSHARE, [NEW_USER | NEW_MOUNTS, 0, 0, 0, 0]))),
    ("new-network-namespace", |_| in_child(|| call(number::UNSHARE, [NEW_USER | NEW_NETWORK, 0, 0, 0, 0]))),
    ("clone3", |_| clone3()),
    ("mount", |_| mount()),
    ("remount-writable", |_| in_child(remount)),
    ("unmount", |_| unmount()),
    ("new-mount-calls", |_| text(FSOPEN, "tmpfs", 0)),
    ("copy-of-a-mount", |_| open_tree()),
    ("change-of-a-mount", |_| mount_setattr()),
    ("other-root", |_| in_child(|| text(number::CHROOT, "/tmp", 0))),
    ("pivot-root", |_| pivot_root()),
    ("join-namespace", join_namespace),
    ("become-root", |_| in_child(become_root)),
    ("file-capability", |_| file_capability()),
    ("make-device", |_| make_device()),
    ("open-by-handle", open_by_handle),
    ("keyring", |_| add_key()),
    ("keyring-request", |_| request_key()),
    ("keyring-control", |_| call(number::KEYCTL, [0, -3, 0, 0, 0])),
    ("io-uring", |_| io_uring()),
    ("bpf", |_| bpf()),
    ("perf-events", |_| perf()),
    ("userfaultfd", |_| call(number::USERFAULTFD, [0, 0, 0, 0, 0])),
    ("fanotify", |_| call(number::FANOTIFY_INIT, [0, 0, 0, 0, 0])),
    ("trace-first-process", trace_first),
    ("read-memory-of-first-process", read_memory),
    ("descriptor-of-first-process", descriptor_of),
    ("signal-host-process", signal_host),
    ("kernel-log", |_| call(number::SYSLOG, [10, 0, 0, 0, 0])),
    ("kernel-module", |_| module()),
    ("kernel-exec", |_| wrong(number::KEXEC_LOAD, [0, 17, 0, 0, 0])),
    ("reboot", |_| wrong(number::REBOOT, [1, 2, 3, 0, 0])),
    ("swap", |_| swap()),
    ("accounting", |_| accounting()),
    ("quota", |_| wrong(number::QUOTACTL, [-1, 0, 0, 0, 0])),
    ("set-time", |_| set_time()),
    ("set-host-name", |_| set_host_name()),
    ("raise-file-limit", |_| raise_limit()),
    ("core-dump", |_| core_dump()),
    ("terminal-input", |_| terminal_input()),
    ("console-input", |_| console_input()),
    ("old-system-calls", |_| in_child(old_calls)),
    ("x32-system-calls", |_| in_child(|| call(0x4000_0000 + 39, [0, 0, 0, 0, 0]))),
    ("real-time-priority", |_| real_time()),
    ("out-of-memory-order", |_| oom_order()),
];

extern "C" {
    fn syscall(number: c_long, ...) -> c_long;
    fn fork() -> i32;
    fn waitpid(process: i32, status: *mut i32, options: i32) -> i32;
    fn _exit(status: i32) -> !;
    fn kill(process: i32, signal: i32) -> i32;
    fn ioctl(descriptor: i32, request: u64, ...) -> i32;
    fn close(descriptor: i32) -> i32;
    fn getrlimit(resource: i32, limit: *mut [u64; 2]) -> i32;
    fn setrlimit(resource: i32, limit: *const [u64; 2]) -> i32;
    fn sched_setscheduler(process: i32, policy: i32, parameter: *const i32) -> i32;
    fn __errno_location() -> *mut i32;
}

fn call(number: i64, arguments: [i64; 5]) -> Outcome {
    let [a, b, c, d, e] = arguments;
    let result = unsafe { syscall(number, a, b, c, d, e, 0i64) };
    if result < 0 { stopped() } else { Ok(format!("it gave {result}")) }
}

/// A call whose arguments are wrong: a kernel that looks at them would have done the right ones.
fn wrong(number: i64, arguments: [i64; 5]) -> Outcome {
    match call(number, arguments) {
        Err(text) if text.starts_with("errno 22:") || text.starts_with("errno 3:") || text.starts_with("errno 2:") => Ok(format!("it looked at the arguments ({text})")),
        other => other,
    }
}

fn text(number: i64, word: &str, last: i64) -> Outcome {
    let word = CString::new(word).expect("no NUL");
    call(number, [word.as_ptr() as i64, last, 0, 0, 0])
}

/// For what would change this process. The outcome comes back as an exit code: the errno, or 0.
fn in_child(work: fn() -> Outcome) -> Outcome {
    unsafe {
        let child = fork();
        if child == 0 {
            let status = match work() {
                Ok(_) => 0,
                Err(_) => (*__errno_location()).clamp(1, 255),
            };
            _exit(status);
        }
        let mut status = 0;
        if child < 0 || waitpid(child, &mut status, 0) < 0 {
            return stopped();
        }
        if status & 0x7f != 0 {
            return Err(format!("killed by signal {}", status & 0x7f));
        }
        match (status >> 8) & 0xff {
            0 => Ok("done".into()),
            number => Err(super::short(&std::io::Error::from_raw_os_error(number))),
        }
    }
}

fn clone3() -> Outcome {
    let mut arguments = [0u64; 11];
    arguments[0] = NEW_USER as u64;
    arguments[4] = 17;
    let result = unsafe { syscall(CLONE3, arguments.as_ptr(), std::mem::size_of_val(&arguments)) };
    if result == 0 {
        unsafe { _exit(0) };
    }
    if result < 0 {
        return stopped();
    }
    unsafe { waitpid(result as i32, null_mut(), 0) };
    Ok("a process in a new user namespace".into())
}

/// A folder to mount on, gone afterwards: outside of a box nobody else would take it away.
fn in_folder(attempt: impl FnOnce(i64) -> Outcome) -> Outcome {
    let folder = std::env::temp_dir().join(format!("boxed-canary-mount-{}", std::process::id()));
    let _ = std::fs::create_dir_all(&folder);
    let path = CString::new(folder.display().to_string()).expect("no NUL");
    let outcome = attempt(path.as_ptr() as i64);
    let _ = std::fs::remove_dir(&folder);
    outcome
}

fn mount() -> Outcome {
    let kind = c"tmpfs";
    in_folder(|target| {
        call(number::MOUNT, [kind.as_ptr() as i64, target, kind.as_ptr() as i64, 0, 0])?;
        call(number::UMOUNT, [target, 0, 0, 0, 0]).map(|_| "mounted and unmounted".into())
    })
}

/// MS_REMOUNT | MS_BIND on a mount point that both sides have: in the open it is asked for what it is already.
fn remount() -> Outcome {
    let target = c"/proc";
    call(number::MOUNT, [0, target.as_ptr() as i64, 0, 32 | 4096, 0])
}

/// MNT_EXPIRE | a folder that is no mount point: EINVAL says that the caller would have been allowed.
fn unmount() -> Outcome {
    in_folder(|target| wrong(number::UMOUNT, [target, 0, 0, 0, 0]))
}

fn open_tree() -> Outcome {
    let root = c"/";
    let flags = 1 | 0x8_0000;
    call(OPEN_TREE, [-100, root.as_ptr() as i64, flags, 0, 0])
}

fn mount_setattr() -> Outcome {
    let (root, attributes) = (c"/proc", [0u64; 4]);
    call(MOUNT_SETATTR, [-100, root.as_ptr() as i64, 0, attributes.as_ptr() as i64, 32])
}

fn pivot_root() -> Outcome {
    in_folder(|target| wrong(number::PIVOT_ROOT, [target, target, 0, 0, 0]))
}

fn join_namespace(canaries: &Canaries) -> Outcome {
    use std::os::fd::AsRawFd;
    let path = format!("/proc/{}/ns/uts", canaries.get("launcher").unwrap_or("1"));
    let file = super::io(std::fs::File::open(path))?;
    call(number::SETNS, [file.as_raw_fd() as i64, 0, 0, 0, 0])
}

fn become_root() -> Outcome {
    call(number::SETUID, [0, 0, 0, 0, 0])
}

fn file_capability() -> Outcome {
    let file = std::env::temp_dir().join("boxed-canary-capability");
    super::io(std::fs::write(&file, "x"))?;
    let (path, name) = (CString::new(file.display().to_string()).expect("no NUL"), c"security.capability");
    // Version 2, cap_net_raw, permitted and effective.
    let value: [u32; 5] = [0x0200_0001, 1 << 13, 0, 0, 0];
    let made = call(number::SETXATTR, [path.as_ptr() as i64, name.as_ptr() as i64, value.as_ptr() as i64, 20, 0]);
    let _ = std::fs::remove_file(file);
    made
}

fn make_device() -> Outcome {
    let file = std::env::temp_dir().join("boxed-canary-device");
    let path = CString::new(file.display().to_string()).expect("no NUL");
    let made = call(number::MKNODAT, [-100, path.as_ptr() as i64, 0o60600, 8 << 8, 0]);
    let _ = std::fs::remove_file(file);
    made
}

/// The way out of containers that had CAP_DAC_READ_SEARCH.
fn open_by_handle(_: &Canaries) -> Outcome {
    let mut handle = [0u8; 136];
    handle[..4].copy_from_slice(&128u32.to_ne_bytes());
    let (root, mut mount) = (c"/usr", 0i32);
    call(number::NAME_TO_HANDLE_AT, [-100, root.as_ptr() as i64, handle.as_mut_ptr() as i64, &mut mount as *mut i32 as i64, 0])?;
    let directory = unsafe { open(root.as_ptr(), 0o200000) };
    call(number::OPEN_BY_HANDLE_AT, [directory as i64, handle.as_ptr() as i64, 0, 0, 0])
}

extern "C" {
    fn open(path: *const c_char, flags: i32, ...) -> i32;
}

fn add_key() -> Outcome {
    let (kind, name) = (c"user", c"boxed-canary");
    // KEY_SPEC_PROCESS_KEYRING: gone with this process.
    call(number::ADD_KEY, [kind.as_ptr() as i64, name.as_ptr() as i64, name.as_ptr() as i64, 5, -2])
}

fn request_key() -> Outcome {
    let (kind, name) = (c"user", c"boxed-canary-none");
    match call(number::REQUEST_KEY, [kind.as_ptr() as i64, name.as_ptr() as i64, 0, 0, 0]) {
        Err(said) if said.starts_with("errno 126:") => Ok("the kernel looked for it".into()),
        other => other,
    }
}

fn io_uring() -> Outcome {
    let mut parameters = [0u8; 120];
    call(IO_URING_SETUP, [2, parameters.as_mut_ptr() as i64, 0, 0, 0])
}

fn bpf() -> Outcome {
    // BPF_MAP_CREATE of an array with one entry.
    let attributes: [u32; 18] = [2, 4, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    call(number::BPF, [0, attributes.as_ptr() as i64, 72, 0, 0])
}

fn perf() -> Outcome {
    let mut attributes = [0u32; 32];
    (attributes[0], attributes[1]) = (1, 128);
    call(number::PERF_EVENT_OPEN, [attributes.as_ptr() as i64, 0, -1, -1, 0])
}

fn first(canaries: &Canaries) -> i64 {
    canaries.get("launcher").ok().and_then(|word| word.parse().ok()).unwrap_or(1)
}

/// PTRACE_SEIZE stops nothing; it ends with this child.
fn trace_first(canaries: &Canaries) -> Outcome {
    let traced = call(number::PTRACE, [0x4206, first(canaries), 0, 0, 0]);
    if traced.is_ok() {
        let _ = call(number::PTRACE, [17, first(canaries), 0, 0, 0]);
    }
    traced
}

fn read_memory(canaries: &Canaries) -> Outcome {
    let maps = super::io(std::fs::read_to_string(format!("/proc/{}/maps", first(canaries))))?;
    let line = maps.lines().find(|line| line.contains("[stack]") || line.contains("rw-p")).ok_or("no memory is shown")?;
    let start = usize::from_str_radix(line.split('-').next().unwrap_or("0"), 16).map_err(|_| "a bad line")?;
    let mut bytes = [0u8; 16];
    let local = [bytes.as_mut_ptr() as usize, 16];
    let remote = [start, 16];
    let length = unsafe { syscall(number::PROCESS_VM_READV, first(canaries), local.as_ptr(), 1i64, remote.as_ptr(), 1i64, 0i64) };
    if length < 0 { stopped() } else { Ok(format!("{length} bytes")) }
}

fn descriptor_of(canaries: &Canaries) -> Outcome {
    let process = unsafe { syscall(PIDFD_OPEN, first(canaries), 0i64) };
    if process < 0 {
        return stopped();
    }
    let taken = call(PIDFD_GETFD, [process, 1, 0, 0, 0]);
    unsafe { close(process as i32) };
    taken
}

/// The number of a process of the host: in a namespace of its own it names nobody, or somebody else.
fn signal_host(canaries: &Canaries) -> Outcome {
    let process: i32 = canaries.get("host_process")?.parse().map_err(|_| "a bad number")?;
    if unsafe { kill(process, 0) } < 0 { stopped() } else { Ok(format!("process {process} can be signalled")) }
}

fn module() -> Outcome {
    let empty = c"";
    match call(number::INIT_MODULE, [empty.as_ptr() as i64, 0, empty.as_ptr() as i64, 0, 0]) {
        Err(said) if said.starts_with("errno 8:") => Ok("the kernel looked at the module".into()),
        other => other,
    }
}

fn swap() -> Outcome {
    let path = c"/boxed-canary-none";
    wrong(number::SWAPON, [path.as_ptr() as i64, 0, 0, 0, 0])
}

fn accounting() -> Outcome {
    let path = c"/boxed-canary-none";
    wrong(number::ACCT, [path.as_ptr() as i64, 0, 0, 0, 0])
}

fn set_time() -> Outcome {
    // Microseconds that no clock has: looked at after the right to set it.
    let time = [0i64, -1];
    let timezone = [0i32; 2];
    wrong(number::SETTIMEOFDAY, [time.as_ptr() as i64, timezone.as_ptr() as i64, 0, 0, 0])
}

fn set_host_name() -> Outcome {
    // A length that no name has.
    let name = c"x";
    wrong(number::SETHOSTNAME, [name.as_ptr() as i64, -1, 0, 0, 0])
}

fn raise_limit() -> Outcome {
    let mut limit = [0u64; 2];
    unsafe { getrlimit(7, &mut limit) };
    let raised = [limit[0], limit[1] + 1];
    if unsafe { setrlimit(7, &raised) } < 0 {
        return stopped();
    }
    unsafe { setrlimit(7, &limit) };
    Ok(format!("from {} to {}", limit[1], raised[1]))
}

fn core_dump() -> Outcome {
    let mut limit = [0u64; 2];
    unsafe { getrlimit(4, &mut limit) };
    if limit[1] == 0 { Err("the limit is 0".into()) } else { Ok(format!("up to {} bytes", limit[1])) }
}

fn terminal_input() -> Outcome {
    let terminal = super::io(std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty"))?;
    push(std::os::fd::AsRawFd::as_raw_fd(&terminal), 0x5412)
}

/// TIOCSTI on whatever the first three descriptors are.
fn console_input() -> Outcome {
    let mut last = stopped();
    for descriptor in 0..3 {
        last = push(descriptor, 0x5412);
        if last.is_ok() {
            return last;
        }
    }
    last
}

fn push(descriptor: i32, request: u64) -> Outcome {
    let character = b' ';
    let result = unsafe { ioctl(descriptor, request, &character as *const u8 as *const c_void) };
    if result < 0 { stopped() } else { Ok("a key was pressed".into()) }
}

/// The 32-bit door to the kernel: `getpid` by interrupt 0x80. A filter for 64 bits alone would not see it.
fn old_calls() -> Outcome {
    #[cfg(target_arch = "x86_64")]
    {
        let result: i64;
        // 45 is recvfrom for 64 bits and brk for 32; 20 is getpid.
        unsafe { std::arch::asm!("int 0x80", inlateout("rax") 20i64 => result, out("r8") _, out("r9") _, out("r10") _, out("r11") _) };
        let signed = result as i32;
        if signed < 0 { unsafe { *__errno_location() = -signed }; stopped() } else { Ok(format!("it gave {signed}")) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    Err("there are none on this processor".into())
}

fn real_time() -> Outcome {
    let priority = 1;
    if unsafe { sched_setscheduler(0, 1, &priority) } < 0 {
        return stopped();
    }
    let (plain, other) = (0, 0);
    unsafe { sched_setscheduler(0, other, &plain) };
    Ok("it may".into())
}

/// Less than what a process starts with needs a right: it could otherwise let others die in its place.
fn oom_order() -> Outcome {
    let before = super::io(std::fs::read_to_string("/proc/self/oom_score_adj"))?;
    super::io(std::fs::write("/proc/self/oom_score_adj", "-900"))?;
    let _ = std::fs::write("/proc/self/oom_score_adj", before.trim());
    Ok("it may".into())
}
