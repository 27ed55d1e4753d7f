import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import base from '../../../images/nix/base.json' with { type: 'json' };
import { packageFolder } from '../../host/package-folder.ts';

/** Where the package keeps the expression. */
export function expressionFolder(): string {
  return packageFolder('nix', 'environment.nix');
}

/** One sum over all of ours that decides what an environment is: another one makes another environment of the same pins. */
export function expressionSha256(): string {
  const hash = createHash('sha256');
  const folder = expressionFolder();
  for (const name of ['environment.nix', 'own.nix', 'dump-environment.sh']) {
    hash.update(readFileSync(join(folder, name))).update('\0');
  }
  return hash.update(base.tools.join()).digest('hex');
}
