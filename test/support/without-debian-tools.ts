const hidden = [
  '/usr/bin/mmdebstrap',
  '/usr/bin/apt-get',
  '/usr/bin/apt-config',
  '/usr/bin/dpkg-deb',
  '/usr/lib/apt/apt-helper',
];

/**
 * What to put before a command so that it runs on a machine without Debian's tools and sources: covered in a mount
 * namespace of its own, for everything that it starts. Needs root.
 */
export const withoutDebianTools: readonly string[] = [
  ...['unshare', '--mount', '--propagation', 'private', 'sh', '-c'],
  [...hidden.map((file) => `mount --bind /dev/null ${file}`), 'mount -t tmpfs -o ro none /etc/apt', 'exec "$@"'].join(
    ' && ',
  ),
  'sh',
];
