import { failure, type Result, success } from '../base/result.ts';
import { printable } from '../problem/problem.ts';

/** Where an image stands, or is to stand, in a registry. */
export interface RegistryPlace {
  /** Host, with its port where one is written. */
  readonly host: string;
  /** Plain text only to this machine itself, as Docker has it. */
  readonly scheme: 'http' | 'https';
  /** The name below the host. */
  readonly path: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

/** A reference with a host, as people write it: a name without one means another registry to each program. */
export function registryPlace(
  repository: string,
  { tag, digest }: { readonly tag: string | null; readonly digest: string | null },
): Result<RegistryPlace> {
  const slash = repository.indexOf('/');
  const host = slash < 0 ? '' : repository.slice(0, slash);
  if (!/[.:]/.test(host) && host !== 'localhost') {
    return failure({
      code: 'usage',
      what: `${printable(repository, 120)} names no registry`,
      why: 'a name without a host is in a registry that each program chooses by itself',
      fix: 'Write HOST/NAME:TAG.',
    });
  }
  const scheme = isLoopback(host) ? 'http' : 'https';
  return success({ host, scheme, path: repository.slice(slash + 1), tag, digest });
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/.test(host);
}
