import { type Problem, printable } from '../problem/problem.ts';

interface Explanation {
  /** Found in what cargo said; the first group, if there is one, is named. */
  readonly pattern: RegExp;
  readonly problem: (named: string) => Problem;
}

/** A host that does not answer: to try another way costs the whole time again and gives the same. */
const outOfReach =
  /(?:https?:\/\/|ssh:\/\/|git:\/\/)([^\s/`)'"]+)[\s\S]*?(?:[Cc]ould(?: not|n't) resolve|[Cc]ould(?: not|n't) connect|timed? ?out|[Ff]ailed to connect|SSL|certificate|network|spurious|HTTP)/;

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
    pattern: /failed to verify the checksum of `([^`]+)`|checksum for `([^`]+)` changed between lock files/,
    problem: (named) => ({
      code: 'checksum-mismatch',
      what: `the registry's ${named} is not the crate that Cargo.lock names`,
      why: 'its sha256 differs',
      fix: 'Find out who changed it: the registry (or a mirror), or Cargo.lock.',
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
    pattern: outOfReach,
    problem: (named) => ({
      code: 'fetch-failed',
      what: `${named} could not be reached, or did not give what was asked for`,
      fix: 'See what cargo said above. A proxy (https_proxy) and certificates of your own (CARGO_HTTP_CAINFO) are taken over from your environment.',
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
    pattern: /failed to select a version for|no matching package(?:s named| named|s)? /,
    problem: () => ({
      code: 'manifest',
      what: 'cargo finds no set of versions that gives the project what it asks for',
      fix: 'See what cargo said above.',
    }),
  },
];

/** What to tell when cargo failed in the fetch box. Cargo's own words were shown already. */
export function explainFailure(said: string, needed: string, withheld: readonly string[]): Problem {
  const plain = withoutColours(said);
  for (const { pattern, problem } of explanations) {
    const match = pattern.exec(plain);
    if (match === null) continue;
    const named = printable(match.slice(1).find((group) => group !== undefined) ?? '', 100);
    return withWithheld(problem(named), withheld, plain);
  }
  return {
    code: 'fetch-failed',
    what: `cargo could not fetch ${needed}`,
    fix: 'See what cargo said above.',
  };
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
  return text.replace(/\u001b\[[0-9;]*m/g, '');
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
