import { delimiter } from 'node:path';
import type { IdentityRun } from './choose-identity.ts';
import type { Stage } from './stage-tree.ts';
import type { EngineName, Suite } from './suites.ts';

/** Of the caller's environment: the terminal, the way to the network, the certificates. */
const passed =
  /^(TERM|LANG|LC_.*|CI|([a-z]+|[A-Z]+)_(proxy|PROXY)|SSL_CERT_(FILE|DIR)|.*_CA_?(BUNDLE|INFO|CERTS)|CARGO_HTTP_.*)$/;

/**
 * The environment of a suite: what was passed, and what tests are told. NODE_EXTRA_CA_CERTS stays out: it costs every
 * start of Node 80 ms, and times are measured.
 */
export function testVariables(
  identity: IdentityRun,
  stage: Stage,
  told: {
    home: string;
    temporary: string;
    dockerHost: string | null;
    engine: EngineName | null;
    environment?: Suite['environment'];
  },
): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => passed.test(entry[0]) && entry[0] !== 'NODE_EXTRA_CA_CERTS',
  );
  return {
    ...Object.fromEntries(kept),
    PATH: [...stage.programs, process.env.PATH ?? '', '/usr/sbin', '/sbin'].join(delimiter),
    HOME: identity.home,
    USER: identity.account,
    LOGNAME: identity.account,
    RUSTUP_HOME: stage.rustupHome,
    CARGO_HOME: stage.cargoHome,
    TMPDIR: told.temporary,
    RUSTUP_AUTO_INSTALL: '0',
    CARGO_BOXED_TEST_HOME: told.home,
    CARGO_BOXED_TEST_IDENTITY: identity.name,
    ...(told.dockerHost === null ? {} : { DOCKER_HOST: told.dockerHost }),
    ...(told.environment === undefined ? {} : { CARGO_BOXED_TEST_ENVIRONMENT: told.environment }),
    ...(told.engine === null ? {} : { CARGO_BOXED_TEST_ENGINE: told.engine }),
  };
}
