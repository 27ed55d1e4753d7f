import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { bwrapEngine } from '../../src/engine/bwrap/bwrap-engine.ts';
import type { Facts } from '../../src/facts/facts.ts';
import { readProject } from '../../src/facts/read-project.ts';
import { type FetchInputs, nothingBeyondLock } from '../../src/fetch/fetch-inputs.ts';
import { secretCargoHome } from '../../src/fetch/secret-cargo-home.ts';
import { findProgram } from '../../src/host/program.ts';

/**
 * A root with just what cargo and rustc load: enough for fetching and `cargo check`, made in milliseconds, so that the
 * contract of the fetch phase is not tied to how Debian roots are made.
 */
export function smallRoot(folder: string, toolchain: string): string {
  for (const name of ['box', 'dev', 'proc', 'tmp', 'etc', 'usr/bin', 'bin', 'sys'])
    mkdirSync(join(folder, name), { recursive: true });
  for (const file of ['etc/resolv.conf', 'etc/hosts']) writeFileSync(join(folder, file), '');
  writeFileSync(join(folder, 'etc/passwd'), 'box:x:1000:1000::/box/home:/bin/sh\n');
  const tools = ['/bin/sh', '/bin/ls'];
  for (const tool of tools) copyFileSync(tool, join(folder, tool));
  const loaded = [join(toolchain, 'bin/cargo'), join(toolchain, 'bin/rustc'), ...tools].map((program) =>
    execFileSync('ldd', [program], { encoding: 'utf8' }),
  );
  for (const [, file = ''] of loaded.join('\n').matchAll(/(?:=> )?(\/\S+) \(0x/g)) {
    if (file.startsWith(toolchain) || basename(file).startsWith('librustc') || basename(file).startsWith('libLLVM'))
      continue;
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    copyFileSync(realpathSync(file), join(folder, file));
    chmodSync(join(folder, file), 0o755);
  }
  return folder;
}

/** The newest stable toolchain of the person who runs the tests. */
export function testToolchain(): string {
  const toolchains = join(process.env.RUSTUP_HOME ?? join(homedir(), '.rustup'), 'toolchains');
  const name =
    readdirSync(toolchains).filter((toolchain) => toolchain.startsWith('stable-'))[0] ?? readdirSync(toolchains)[0];
  return join(toolchains, name ?? '');
}

/** Facts of a project as the facts room would read them, for this machine. */
export function testFacts(project: string, cargoHome: string, variables: Readonly<Record<string, string>> = {}): Facts {
  const path = testToolchain();
  const read = readProject({ directory: project, manifestPath: null, homeDirectory: dirname(cargoHome), cargoHome });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const version =
    execFileSync(join(path, 'bin/cargo'), ['--version'], { encoding: 'utf8', cwd: '/' }).split(' ')[1] ?? '';
  const passed = Object.entries(process.env).filter(
    (entry): entry is [string, string] => /^SSL_CERT_FILE$|_proxy$|_PROXY$/.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    host: {
      uid: process.getuid?.() ?? 0,
      gid: process.getgid?.() ?? 0,
      architecture: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
      cpus: 2,
      memoryBytes: 2 ** 32,
      openFiles: 1024,
      variables: { ...Object.fromEntries(passed), HOME: dirname(cargoHome), ...variables },
      terminal: { stdin: false, stdout: false, stderr: false },
      cargoHome,
    },
    project: read.value,
    secrets: { hidden: [], cleaned: [], outside: [] },
    ownNix: null,
    nixToolchain: null,
    toolchain: {
      name: basename(path),
      path,
      version,
      host: '',
      manifestSha256: '',
      components: [],
      targets: [],
      reason: 'test',
    },
  };
}

export interface FetchRig {
  readonly inputs: FetchInputs;
  /** What cargo said so far. */
  said(): string;
  /** How often a box was run. */
  boxes(): number;
}

/** The fetch phase on the real engine with a home of its own. */
export function fetchRig(home: string, root: string, facts: Facts, more: Partial<FetchInputs> = {}): FetchRig {
  const program = (name: string) => findProgram(name, process.env.PATH) ?? name;
  const engine = bwrapEngine(
    { bwrap: program('bwrap'), prlimit: program('prlimit'), mkfifo: '/usr/bin/mkfifo' },
    join(home, 'state'),
  );
  const stream = new PassThrough();
  let said = '';
  let boxes = 0;
  stream.on('data', (piece: Buffer) => {
    said += piece.toString('utf8');
  });
  return {
    inputs: {
      facts,
      locations: {
        userConfig: join(home, 'config.yaml'),
        data: join(home, 'data'),
        cache: join(home, 'cache'),
        state: join(home, 'state'),
      },
      root: async () => ({ ok: true, value: { kind: 'directory', path: root } }),
      runBox: (box, streams, signal) => {
        boxes += 1;
        return engine.run(box, streams, signal);
      },
      cargoHome: secretCargoHome(),
      lockfile: 'may-change',
      offline: false,
      beyondLock: nothingBeyondLock,
      progress: { stream, color: false, columns: null },
      signal: new AbortController().signal,
      ...more,
    },
    said: () => said,
    boxes: () => boxes,
  };
}

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}
