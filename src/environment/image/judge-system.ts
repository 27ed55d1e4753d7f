import { failure, type Result, success } from '../../base/result.ts';
import type { DebianSuite } from '../../config/config.ts';
import { debianSuite, debianSuites } from '../../config/debian-suites.ts';
import type { ImageSystem } from '../../lock/pins.ts';
import { printable } from '../../problem/problem.ts';

/** The Debian suite that an image is of; `null` where layers cannot be added to it. */
export function suiteOfImage(system: ImageSystem | null | undefined): DebianSuite | null {
  return system?.id === 'debian' ? debianSuite(system.release) : null;
}

/** The same, for an image that shall get layers: another system is named. */
export function neededSuite(reference: string, system: ImageSystem | null | undefined): Result<DebianSuite> {
  const suite = suiteOfImage(system);
  if (suite !== null) return success(suite);
  const said = system === null || system === undefined ? 'does not say which system it is' : `is ${words(system)}`;
  return failure({
    code: 'environment',
    what: `layers and packages cannot be added to the image ${printable(reference, 120)}`,
    why: `it ${said}, and they are Debian's, of ${debianSuites.join(' or ')}`,
    fix: 'Take an image that has what the project needs, or one made from Debian; or set `environment: debian`.',
  });
}

function words({ id, release }: ImageSystem): string {
  return printable(`${id} ${release}`.trim(), 80);
}
