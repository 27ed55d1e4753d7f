import { fullDisk, saysFull } from '../problem/full-disk.ts';
import { type Problem, printable } from '../problem/problem.ts';

interface Explanation {
  /** Found in what cargo said; the first group, if there is one, is named. */
  readonly pattern: RegExp;
  readonly problem: (named: string) => Problem;
}

/** In order: the first that fits explains. Cargo's words change between versions, so each has more than one. */
const explanations: readonly Explanation[] = [
  {
    pattern: /(?:--locked was passed|--locked.{0,60}cannot|lock file .{0,300} needs to be updated|because --locked)/s,
    problem: () => ({
      code: 'lock-refused',
      what: 'Cargo.lock is missing or does not fit the manifests',
      why: '--locked forbids to change it',
      fix: 'Run the command without --locked, or `cargo-boxed generate-lockfile`.',
    }),
  },
  {
    pattern: /failed to verify the checksum of `(.+)`$|checksum for `([^`]+)` changed between lock files/m,
    problem: (named) => ({
      code: 'checksum-mismatch',
      what: `the registry's ${named} is not the crate that Cargo.lock names`,
      why: 'its sha256 differs',
      fix: 'Find out who changed it: the registry (or a mirror), or Cargo.lock.',
    }),
  },
  {
    pattern: /SSH host key has changed for `([^`]+)`/,
    problem: (named) => ({
      code: 'fetch-failed',
      what: `${named} has another SSH host key than the one you know`,
      why: 'somebody may be in between, or the server has a new key',
      fix: 'Ask who runs the server. If the new key is right, replace the old one in your ~/.ssh/known_hosts.',
    }),
  },
  {
    pattern: /SSH host key for `([^`]+)` is not known|host key is known for (\S+) and|[Hh]ost key verification failed/,
    problem: (named) => ({
      code: 'fetch-failed',
      what: `the SSH host key of ${named === '' ? 'a git host' : named} is not known`,
      why: 'it is in neither ~/.ssh/known_hosts, /etc/ssh/ssh_known_hosts nor net.ssh.known-hosts of your cargo configuration',
      fix: 'Connect to it once with `ssh` and compare the fingerprint, then run the command again.',
    }),
  },
  {
    pattern:
      /ssh-agent authentication|Permission denied \(.*publickey|no authentication methods succeeded|error connecting to agent/,
    problem: () => ({
      code: 'fetch-failed',
      what: 'a git host did not let us in by SSH',
      why: 'the keys of your SSH agent (SSH_AUTH_SOCK) are the only ones that are used; files of keys stay outside',
      fix: 'Start an agent and run `ssh-add`, then run the command again.',
    }),
  },
  {
    pattern:
      /(?:no token found for `?([^`,\s]+)|(?:got|code|status:?) 40[13]\b|requires? auth|please run `cargo login)/i,
    problem: (named) => ({
      code: 'fetch-failed',
      what: `a registry${named === '' ? '' : ` (${named})`} wants a token`,
      fix: 'Give it as CARGO_REGISTRIES_<NAME>_TOKEN, or by `cargo login --registry <NAME>`, and name its index in your own cargo configuration. It is used in the fetch phase only; credential providers that are programs are not run.',
    }),
  },
  {
    pattern: /in the offline mode|--offline|offline was specified/,
    problem: () => ({
      code: 'fetch-failed',
      what: 'something that is needed was never fetched, and --offline forbids to fetch it',
      fix: 'Run `cargo-boxed fetch` once with a network.',
    }),
  },
  {
    // Newer cargos point at the place, with no other words that they share.
    pattern:
      /failed to parse manifest|failed to load manifest|failed to read `|invalid manifest|^ *--> \S*Cargo\.toml:\d/m,
    problem: () => ({
      code: 'manifest',
      what: 'cargo cannot read a manifest of the project',
      fix: 'See what cargo said above.',
    }),
  },
  {
    pattern:
      /^error: ((?:no matching package|failed to select a version|cyclic package dependency|the package .* (?:does not contain|depends on)|package .* does not have|none of the selected packages).*)/m,
    problem: (named) => ({
      code: 'manifest',
      what: 'cargo finds no set of versions that gives the project what it asks for',
      why: named,
      fix: 'See what cargo said above.',
    }),
  },
];

/** What to tell when cargo failed in the fetch box. Cargo's own words were shown already. */
export function explainFailure(said: string, needed: string, withheld: readonly string[]): Problem {
  const plain = withoutColours(said);
  // First: cargo goes on for a while, and then misses what it could not write.
  if (saysFull(plain)) return { what: `${needed} could not be kept`, ...fullDisk };
  for (const { pattern, problem } of explanations) {
    const match = pattern.exec(plain);
    if (match === null) continue;
    const named = printable(match.slice(1).find((group) => group !== undefined) ?? '', 100);
    return withWithheld(problem(named), withheld, plain);
  }
  return notReached(plain, needed);
}

/** What is tried next, by what the network said. The first that fits. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /certificate (?:has expired|is not yet valid|expired|not yet)|expired certificate/i,
    "Check this machine's clock. If it is right, ask who runs the server: its certificate is out of date.",
  ],
  [
    /certificate|SSL|TLS/,
    'Certificates of your own are taken from CARGO_HTTP_CAINFO, http.cainfo in your cargo configuration, or SSL_CERT_FILE.',
  ],
  [
    /[Ff]ailed to resolve path|\bfile:\/\/ file\b|transport 'file' not allowed/,
    'What is fetched comes from servers alone: name a folder of this machine by `path`, not by a `file:` address.',
  ],
  [/ (?:got|code) 4\d\d\b/, 'Ask who runs the registry: it lists what it does not have.'],
  [/ (?:got|code) 5\d\d\b|[Pp]artial|[Rr]edirect/, 'Try again later, or ask who runs the registry.'],
  [/[Tt]ime(?:d )?-?out/, 'Try again; CARGO_HTTP_TIMEOUT (seconds) and CARGO_NET_RETRY let it take longer.'],
];
const noRemedy =
  'Is this machine online, and the address right? A proxy is taken from https_proxy, http_proxy or http.proxy in your cargo configuration.';

/** A registry or git host that did not give what was asked for: what, from where, and the last reason in cargo's chain. */
function notReached(said: string, needed: string): Problem {
  const url = /`?\b((?:https?|ssh|git|file):\/\/[^\s`'")]+)/.exec(said)?.[1] ?? null;
  const wanted = wantedOf(said, url) ?? needed;
  const from = url === null ? '' : ` from ${printable(withoutUser(url), 200)}`;
  const last = said.split('Caused by:').slice(1).at(-1) ?? '';
  const reason = last.split('\n').find((line) => line.trim() !== '');
  return {
    code: 'fetch-failed',
    what: `${printable(wanted, 120)} could not be fetched${from}`,
    ...(reason === undefined ? {} : { why: printable(reason.trim(), 300) }),
    fix: url === null ? 'See what cargo said above.' : (remedies.find(([sign]) => sign.test(said))?.[1] ?? noRemedy),
  };
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}

/** The crate that could not be had: by the archive's address, else as cargo calls it. */
function wantedOf(said: string, url: string | null): string | null {
  const [, archive] = /\/([^/]+\/[^/]+)\/download$/.exec(url ?? '') ?? [];
  const named = archive?.replace('/', ' ') ?? /failed to get `([^`]+)`|download of `(.+?)` failed/.exec(said)?.[1];
  return named ?? null;
}

/** A name or password in an address is not for the terminal. */
function withoutUser(url: string): string {
  return url.replace(/:\/\/[^/@]*@/, '://');
}

function withWithheld(problem: Problem, withheld: readonly string[], said: string): Problem {
  const names = withheld.filter((name) => said.includes(name));
  const concerned = names.length > 0 ? names : withheld;
  if (problem.code !== 'fetch-failed' || concerned.length === 0) return problem;
  const list = concerned.map((name) => printable(name, 60)).join(', ');
  return {
    ...problem,
    why: `your token for ${list} was not sent: only the project says where that registry is`,
    fix: `If the project's address is right, name it in your own cargo configuration too ([registries.${printable(concerned[0] ?? '', 60)}] index = "…").`,
  };
}
