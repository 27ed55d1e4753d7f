/** The clock of every root: equal packages give equal bytes on any day. */
export const sourceDateEpoch = '1700000000';

/**
 * Runs in the finished root, `$1`: takes out what differs from run to run or names the host, and puts in what a box
 * needs: the mount points, a user with the id that boxes run as, the name `localhost`, empty files to mount over.
 */
export const finishScript = `#!/bin/sh
set -eu
cd "$1"
rm -rf usr/share/doc usr/share/info usr/share/lintian usr/share/man
find usr/share/locale -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +
rm -rf etc/apt etc/dpkg/dpkg.cfg.d etc/hostname etc/resolv.conf etc/machine-id etc/mtab etc/.pwd.lock
rm -rf var/lib/apt var/lib/dbus var/lib/systemd root/.bash_history
rm -f etc/passwd- etc/group- etc/shadow- etc/gshadow- etc/subuid- etc/subgid- var/lib/dpkg/*-old var/lib/dpkg/lock*
find var/log var/cache -mindepth 1 -depth -delete
mkdir -p box home root run
chmod 0755 box home root run
grep -q '^box:' etc/group || echo 'box:x:1000:' >> etc/group
grep -q '^box:' etc/passwd || echo 'box:x:1000:1000:box:/box/home:/bin/sh' >> etc/passwd
printf '127.0.0.1 localhost\\n::1 localhost\\n' > etc/hosts
: > etc/resolv.conf
: > etc/hostname
: > etc/machine-id
test -e etc/nsswitch.conf || printf 'passwd: files\\ngroup: files\\nhosts: files dns\\n' > etc/nsswitch.conf
test -s etc/ssl/certs/ca-certificates.crt
chmod 0644 etc/passwd etc/group etc/hosts etc/resolv.conf etc/hostname etc/machine-id etc/nsswitch.conf
`;
