/** A toolchain as somebody wrote it, and the name of its folder in rustup's home. */
export interface ToolchainName {
  readonly kind: 'official' | 'custom';
  readonly name: string;
  /** The host triple that the name carries; `null` for a custom one. */
  readonly host: string | null;
}

const official = /^(stable|beta|nightly|\d+\.\d+(?:\.\d+)?(?:-beta(?:\.\d+)?)?)(-\d{4}-\d{2}-\d{2})?(?:-(.+))?$/;
/** Also keeps a name that a project wrote from being a path or an option in the commands that we print. */
const plain = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}$/;

/** Completes a name as rustup does: `1.95` is `1.95-x86_64-unknown-linux-gnu` here. `null`: it can name no toolchain. */
export function completeToolchainName(written: string, defaultHost: string): ToolchainName | null {
  if (!plain.test(written) || written === 'none') return null;
  const match = official.exec(written);
  if (match === null) return { kind: 'custom', name: written, host: null };
  const [, channel, date, target] = match;
  const host = target === undefined ? defaultHost : completeTriple(target, defaultHost);
  if (host === null) return { kind: 'custom', name: written, host: null };
  return { kind: 'official', name: `${channel}${date ?? ''}-${host}`, host };
}

const abis = /^(gnu|musl|gnueabihf|musleabihf|gnux32)$/;
const architectures = /^(x86_64|aarch64|i[3-6]86|armv7|riscv64gc|powerpc64le|s390x|loongarch64)$/;

/** `musl`, `x86_64` and `x86_64-musl` take the rest from the host's triple. */
function completeTriple(written: string, defaultHost: string): string | null {
  const parts = written.split('-');
  if (parts.length > 2) return written;
  const [architecture = '', ...rest] = defaultHost.split('-');
  const system = rest.slice(0, -1).join('-');
  const abi = rest.at(-1) ?? '';
  const [first = '', second] = parts;
  if (second === undefined && abis.test(first)) return `${architecture}-${system}-${first}`;
  if (!architectures.test(first)) return null;
  if (second === undefined) return `${first}-${system}-${abi}`;
  return abis.test(second) ? `${first}-${system}-${second}` : null;
}

/** Names of components and targets that may stand in a command that we print. */
export function isPlainName(name: string): boolean {
  return plain.test(name);
}
