import { createHash } from 'node:crypto';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Facts, ProjectFacts } from '../../src/facts/facts.ts';
import type { BoxFlags } from '../../src/invocation/invocation.ts';
import type { PlanInputs, Request } from '../../src/plan/plan-inputs.ts';

/** A host, a toolchain and pins that never change: what is left in a plan comes from the project and the request. */
export const fixedFacts = (project: ProjectFacts): Facts => ({
  host: {
    uid: 1234,
    gid: 1234,
    architecture: 'x86_64',
    cpus: 4,
    memoryBytes: 16 * 1024 ** 3,
    openFiles: 524_288,
    variables: {},
    terminal: { stdin: false, stdout: false, stderr: false },
    cargoHome: '/home/u/.cargo',
  },
  project,
  secrets: { hidden: [], cleaned: [], outside: [] },
  ownNix: null,
  nixToolchain: null,
  toolchain: {
    name: 'stable-x86_64-unknown-linux-gnu',
    path: '/home/u/.rustup/toolchains/stable-x86_64-unknown-linux-gnu',
    version: '1.95.0',
    host: 'x86_64-unknown-linux-gnu',
    manifestSha256: 'a'.repeat(64),
    components: ['cargo-x86_64-unknown-linux-gnu', 'rustc-x86_64-unknown-linux-gnu'],
    targets: ['x86_64-unknown-linux-gnu'],
    reason: 'the default',
  },
});

export const emptyProject: ProjectFacts = {
  mountRoot: '/home/u/p',
  workspace: '',
  current: '',
  manifests: [],
  lockfile: { state: 'missing' },
  fetchInputs: 'f'.repeat(64),
  cargoConfig: { project: {}, user: {}, files: [] },
  outside: [],
  hasMetadata: false,
};

export const buildRequest: Request = {
  class: 'offline',
  program: 'cargo',
  arguments: ['build'],
  options: ['build'],
  output: 'filtered',
  exports: true,
  ports: 'closed',
  variables: [],
  subcommandBinary: null,
  targets: ['x86_64-unknown-linux-gnu'],
  crates: 'needed',
  beyondLock: { features: [], standardLibrary: false },
  userConfiguration: '',
  gitFolder: false,
  recording: 'off',
  trial: null,
  lockfile: 'may-change',
  offline: false,
};

export async function planInputs(
  change: {
    project?: ProjectFacts;
    request?: Partial<Request>;
    flags?: Partial<BoxFlags>;
    engine?: 'bwrap' | 'docker';
  } = {},
): Promise<PlanInputs> {
  const config = await loadConfig({
    flags: { limits: [], ...change.flags },
    variables: {},
    directory: '/',
    userFile: null,
    projectFile: null,
    metadata: null,
  });
  if (!config.ok) throw new Error(JSON.stringify(config.problems));
  return {
    request: { ...buildRequest, ...change.request },
    config: config.value.config,
    pins: {
      version: 1,
      debian: {
        suite: 'bookworm',
        architecture: 'amd64',
        layers: [],
        snapshot: '20261101T000000Z',
        packages: [],
        rootSha256: 'b'.repeat(64),
      },
      image: { reference: 'registry.example/rust:1', digest: `sha256:${'c'.repeat(64)}`, cargo: null, variables: {} },
    },
    facts: fixedFacts(change.project ?? emptyProject),
    engine: change.engine ?? 'bwrap',
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  };
}
