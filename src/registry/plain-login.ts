import { jsonAt, jsonText } from '../base/json-value.ts';
import { readDockerFile } from './docker-config.ts';

/** What the engine hands to a registry in our name. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/**
 * The login that the user's docker configuration holds in plain for the registry of a reference. Credential helpers are
 * programs and are not started: pull such an image once with `docker pull`, which the engine then has.
 */
export function plainLogin(dockerFolder: string, reference: string): RegistryLogin | null {
  const first = reference.split('/', 1)[0] ?? '';
  const named = reference.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const logins = jsonAt(readDockerFile(dockerFolder, 'config.json'), 'auths');
  if (typeof logins !== 'object' || logins === null) return null;
  // Logins of the default registry stand below an address that only its own client knows: the one without a port.
  const entries = Object.entries(logins).filter(([address]) =>
    named ? hostOf(address) === first : isDefault(address),
  );
  for (const [serveraddress, entry] of entries) {
    const decoded = Buffer.from(jsonText(entry, 'auth') ?? '', 'base64').toString('utf8');
    const split = decoded.indexOf(':');
    if (split > 0) return { username: decoded.slice(0, split), password: decoded.slice(split + 1), serveraddress };
  }
  return null;
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}

function isDefault(address: string): boolean {
  return /\/v1\/?$/.test(address);
}
