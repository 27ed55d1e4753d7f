import { join } from 'node:path';
import { jsonText, parseJson } from '../base/json-value.ts';
import { failure, type Result, success } from '../base/result.ts';
import { findProgram, runProgram } from '../host/program.ts';
import { printable } from '../problem/problem.ts';
import { readDockerFile } from './docker-config.ts';
import { plainLogin, type RegistryLogin } from './plain-login.ts';

/** Where the user's logins are. */
export interface Logins {
  /** Docker's configuration folder. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Folders from which no program is started: the project. */
  readonly forbidden: readonly string[];
}

/**
 * The user's login for a registry, from where docker keeps it: plain in its configuration, or in the credential helper
 * that this names. The helper is the user's own program (`docker-credential-NAME get`); `null`: no login is known.
 */
export async function findLogin(
  { folder, variables, forbidden }: Logins,
  host: string,
): Promise<Result<RegistryLogin | null>> {
  const helper = helperOf(folder, host);
  if (helper === null) return success(plainLogin(folder, `${host}/any`));
  const name = `docker-credential-${helper}`;
  const program = /^[A-Za-z0-9._-]+$/.test(helper) ? findProgram(name, variables.PATH, forbidden) : null;
  if (program === null) {
    return failure({
      code: 'registry-failed',
      what: `docker's configuration keeps logins in \`${printable(name, 80)}\`, which is not installed`,
      where: { file: join(folder, 'config.json') },
      fix: 'Install it, or take `credsStore` and `credHelpers` out of that file.',
    });
  }
  const ended = await runProgram(program, ['get'], { variables, stdin: `${host}\n`, timeoutMs: 30_000 });
  const said = ended.status === 0 ? parseJson(ended.stdout) : null;
  const [username, password] = [jsonText(said, 'Username'), jsonText(said, 'Secret')];
  // A helper that knows no login ends with 1, as it does for everything else.
  return success(username === null || password === null ? null : { username, password, serveraddress: host });
}

function helperOf(folder: string, host: string): string | null {
  const config = readDockerFile(folder, 'config.json');
  return jsonText(config, 'credHelpers', host) ?? jsonText(config, 'credsStore');
}
