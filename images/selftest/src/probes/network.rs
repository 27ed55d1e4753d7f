//! Ways out to a network or to a service of the host.
use super::{io, short, stopped, Canaries, Outcome, Probe};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::FromRawFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixStream};
use std::time::Duration;

pub const PROBES: &[Probe] = &[
    ("tcp-loopback", |canaries| tcp(canaries, "tcp_loopback")),
    ("tcp-host-address", |canaries| tcp(canaries, "tcp_host")),
    ("route-out", |_| route("192.0.2.1:9")),
    ("route-out-ipv6", |_| route("[2001:db8::1]:9")),
    ("route-cloud-metadata", |_| route("169.254.169.254:80")),
    ("udp-name-server", udp_name_server),
    ("name-servers", name_servers),
    ("interfaces", interfaces),
    ("abstract-socket", abstract_socket),
    ("path-socket", |canaries| io(UnixStream::connect(canaries.get("path_socket")?)).map(|_| "connected".into())),
    ("listen-to-host", listen_to_host),
    ("socket-packet", |_| open(17, 3, 0)),
    ("socket-raw", |_| open(2, 3, 1)),
    ("socket-ping", |_| ping()),
    ("socket-vsock", |_| open(40, 1, 0)),
    ("socket-alg", |_| open(38, 5, 0)),
    ("socket-bluetooth", |_| open(31, 3, 0)),
    ("socket-key", |_| open(15, 3, 2)),
    ("socket-xdp", |_| open(44, 3, 0)),
    ("socket-can", |_| open(29, 3, 1)),
    ("socket-tipc", |_| open(30, 1, 0)),
    ("netlink-interfaces", netlink_interfaces),
];

extern "C" {
    fn socket(domain: i32, kind: i32, protocol: i32) -> i32;
}

fn tcp(canaries: &Canaries, name: &str) -> Outcome {
    let address: SocketAddr = canaries.get(name)?.parse().map_err(|_| "a bad address")?;
    io(TcpStream::connect_timeout(&address, Duration::from_secs(2))).map(|_| "connected".into())
}

/// Sends nothing: whether the kernel knows a way.
fn route(address: &str) -> Outcome {
    let any = if address.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
    let socket = io(UdpSocket::bind(any))?;
    io(socket.connect(address))?;
    io(socket.local_addr()).map(|own| format!("from {own}"))
}

fn udp_name_server(canaries: &Canaries) -> Outcome {
    let socket = io(UdpSocket::bind("0.0.0.0:0"))?;
    io(socket.set_read_timeout(Some(Duration::from_secs(1))))?;
    io(socket.send_to(b"canary.example.test", canaries.get("udp_host")?))?;
    io(socket.recv(&mut [0; 64])).map(|_| "it answered".into())
}

fn name_servers(_: &Canaries) -> Outcome {
    let text = io(std::fs::read_to_string("/etc/resolv.conf"))?;
    let found = text.lines().find(|line| line.starts_with("nameserver") && !line.contains("0.0.0.0"));
    found.map(String::from).ok_or_else(|| "none is named".into())
}

fn interfaces(_: &Canaries) -> Outcome {
    let text = io(std::fs::read_to_string("/proc/net/dev"))?;
    let names = text.lines().skip(2).filter_map(|line| line.split(':').next()).map(str::trim);
    // Tunnel devices that the kernel gives to every namespace lead nowhere.
    let fallback = ["lo", "tunl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "sit0", "ip6tnl0", "ip6gre0"];
    let others: Vec<&str> = names.filter(|name| !fallback.contains(name)).collect();
    if others.is_empty() { Err("only the loopback".into()) } else { Ok(others.join(" ")) }
}

fn abstract_socket(canaries: &Canaries) -> Outcome {
    let name = canaries.get("abstract_socket")?.as_bytes();
    // Node fills such a name up with zeros.
    let mut whole = name.to_vec();
    whole.resize(107, 0);
    let connect = |name: &[u8]| UnixAddress::from_abstract_name(name).and_then(|address| UnixStream::connect_addr(&address));
    io(connect(name).or_else(|_| connect(&whole))).map(|_| "connected".into())
}

/// Waits a moment at a port that the test keeps asking for.
fn listen_to_host(canaries: &Canaries) -> Outcome {
    let listener = io(TcpListener::bind(format!("0.0.0.0:{}", canaries.get("inbound_port")?)))?;
    io(listener.set_nonblocking(true))?;
    for _ in 0..40 {
        match listener.accept() {
            Ok((_, from)) => return Ok(format!("called from {from}")),
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return Err(short(&error)),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    Err("nobody called".into())
}

fn ping() -> Outcome {
    let descriptor = unsafe { socket(2, 2, 1) };
    if descriptor < 0 {
        return stopped();
    }
    let socket = unsafe { UdpSocket::from_raw_fd(descriptor) };
    io(socket.connect("192.0.2.1:0")).map(|_| "a socket with a way out".into())
}

/// Asks for the list of interfaces where /proc may be covered.
fn netlink_interfaces(_: &Canaries) -> Outcome {
    let descriptor = unsafe { self::socket(16, 3, 0) };
    if descriptor < 0 {
        return stopped();
    }
    let mut socket = unsafe { std::fs::File::from_raw_fd(descriptor) };
    // RTM_GETLINK dump: an interface other than the loopback in the answer is the host's.
    let request: [u8; 20] = [20, 0, 0, 0, 18, 0, 1, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    use std::io::{Read, Write};
    io(socket.write_all(&request))?;
    let mut answer = [0; 32768];
    let length = io(socket.read(&mut answer))?;
    let text = String::from_utf8_lossy(&answer[..length]).into_owned();
    for name in ["eth", "enp", "ens", "wlan", "wlp", "docker", "veth"] {
        if text.contains(name) {
            return Ok(format!("an interface {name}"));
        }
    }
    Err("only its own interfaces".into())
}

fn open(domain: i32, kind: i32, protocol: i32) -> Outcome {
    let descriptor = unsafe { socket(domain, kind, protocol) };
    if descriptor < 0 { stopped() } else { Ok(format!("descriptor {descriptor}")) }
}
