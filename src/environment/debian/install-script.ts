import { sourceDateEpoch } from './root-recipe.ts';

/** Where the packages lie while they are installed, below the root. */
export const installFolder = '.packages';

const dpkgVariables =
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive';

/**
 * Installs all packages of a folder. One that must be configured before another may stand behind it: then the next turn
 * finds it there. Ends with a failure unless all are configured: an installation that has nothing left to unpack succeeds
 * without a look at what it left unconfigured before (Debian's wxWidgets with half of systemd below it).
 */
function installAll(folder: string, configurationFiles: '--force-confnew' | '--force-confold'): string {
  return `for turn in 1 2 3 4; do
  dpkg --force-unsafe-io ${configurationFiles} --skip-same-version --install ${folder}/*.deb
  unpacked=$?
  dpkg --configure --pending && test "$unpacked" -eq 0 && exit 0
done
exit 1`;
}

/** Where the packages lie while they are installed in an image: a folder that every Debian has, and that is not kept. */
export const imagePackages = '/mnt';

/**
 * Installs the packages in /mnt in the image that it runs in, as its root. What the image's maker has configured stays
 * as it is, and no service is started. Variables are given here: those of the container would be kept with the image.
 */
export const installInImageScript = `set -eu
umask 022
export ${dpkgVariables}
policy=/usr/sbin/policy-rc.d
test -e "$policy" || { printf '#!/bin/sh\\nexit 101\\n' > "$policy"; chmod 755 "$policy"; own=1; }
( ${installAll(imagePackages, '--force-confold')} ) >&2
test -z "\${own:-}" || rm "$policy"
`;

/**
 * Installs the packages in `$1/.packages` in the root `$1`, runs the finish `$2` and leaves all as a whole root is left:
 * the same clock, every file the caller's, no set-id bits. It runs as root of namespaces that end with it, or of a
 * container; devices are mounted, or made where a container may not mount.
 */
export const installScript = `#!/bin/sh
set -eu
umask 022
cd "$1"
for name in null zero full random urandom tty; do
  : > "dev/$name"
  mount --bind "/dev/$name" "dev/$name" 2> /dev/null || {
    rm "dev/$name"
    mknod -m 666 "dev/$name" c "$((0x$(stat -c %t "/dev/$name")))" "$((0x$(stat -c %T "/dev/$name")))"
  }
done
mount -t proc proc proc 2> /dev/null || true
mkdir -p var/cache/debconf var/cache/ldconfig var/log/apt
printf '#!/bin/sh\\nexit 101\\n' > usr/sbin/policy-rc.d
chmod 755 usr/sbin/policy-rc.d
# Java's script writes where the base has nothing.
mkdir -p usr/share/man/man1 usr/share/man/man8
chroot . /usr/bin/env -i ${dpkgVariables} sh -c '${installAll(`/${installFolder}`, '--force-confnew')}' >&2
umount proc dev/* 2> /dev/null || true
rm -rf ${installFolder} usr/sbin/policy-rc.d
rm -f dev/*
"$2" .
find . -xdev \\( ! -uid 0 -o ! -gid 0 \\) -exec chown --no-dereference 0:0 {} +
find . -xdev -type f -perm /6000 -exec chmod u-s,g-s {} +
find . -xdev -type d -exec chmod u+rwx,u-s,g-s,-t {} +
find . -xdev -newermt @${sourceDateEpoch} -exec touch --no-dereference --date=@${sourceDateEpoch} {} +
`;

/** The same in a container: the base is mounted, the result goes out as an archive. */
export const installInContainerScript = `set -eu
umask 022
cp --archive "$3" "$1"
mkdir "$1/${installFolder}"
while read -r sum name; do cp "$5/$sum.deb" "$1/${installFolder}/$name.deb"; done < "$4"
sh "$6" "$1" "$2"
tar --create --file="$7" --directory="$1" .
chown --reference="$4" "$7"
`;
