/** Debian's name of a machine type. */
export function debianArchitecture(machine: 'x86_64' | 'aarch64'): string {
  return machine === 'x86_64' ? 'amd64' : 'arm64';
}
