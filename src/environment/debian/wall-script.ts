/** The scratch folder in there: `/dev/shm`, where it often lies, is mounted once more below the root that is made. */
export const insideWall = '/scratch';

/**
 * Runs the words behind the third in namespaces in which there is nothing but the system's programs, read-only, and the
 * folder `$1`. `$2` and `$3`: the ids that they have, by first and count; empty where the caller's namespace has a range
 * already. They may write what is in the folder; it stays the caller's itself, who finds by that what a killed run has left.
 * The script is first process of namespaces that it may mount in.
 *
 * In the folder no device can be opened: an archive that a package has made may have those of this machine in it.
 *
 * Two layers: what the outer one has mounted, nobody in the inner one can take away or make writable. The ids are there
 * only after the inner one has begun: what is named by a path then is done with those.
 */
export const wallScript = `set -eu
umask 022
scratch=$1 first=$2 count=$3
shift 3
view="$scratch/view"
for path in "$scratch"/*; do test -z "$first" || test ! -e "$path" || chown -R -h "$first:$first" "$path"; done
mkdir "$view"
mount -t tmpfs -o mode=755,nosuid,nodev,size=4m view "$view"
for name in usr etc bin sbin lib lib32 lib64 libx32; do
  if test -L "/$name"; then ln -s "$(readlink "/$name")" "$view/$name"
  elif test -d "/$name"; then
    mkdir "$view/$name"
    mount --rbind "/$name" "$view/$name"
    mount -o remount,bind,ro "$view/$name"
  fi
done
mkdir "$view/dev" "$view/proc" "$view/root" "$view/before"
mkdir -m 1777 "$view/tmp" "$view/dev/shm"
for name in null zero full random urandom tty; do
  : > "$view/dev/$name"
  mount --bind "/dev/$name" "$view/dev/$name"
done
ln -s /proc/self/fd "$view/dev/fd"
mount -t proc proc "$view/proc"
mkdir "$view${insideWall}"
mount --bind "$scratch" "$view${insideWall}"
mount -o remount,bind,nodev,nosuid "$view${insideWall}"
cd "$view"
pivot_root . before
cd /
umount -l /before
rmdir /before
mkfifo -m 666 /gate
cd ${insideWall}
unshare --user --keep-caps --mount --propagation private --pid --net --ipc --uts --fork --kill-child --mount-proc -- \\
  sh -c 'read -r go < /gate; exec setpriv --reuid 0 --regid 0 --clear-groups -- "$@"' sh "$@" &
inner=$!
for kind in uid gid; do
  if test -n "$first"; then echo "0 $first $count"; else
    while read -r id outer size; do echo "$id $id $size"; done < "/proc/self/\${kind}_map"
  fi > /tmp/map
  until cat /tmp/map > "/proc/$inner/\${kind}_map" 2> /dev/null; do kill -0 "$inner"; sleep 0.01; done
done
echo > /gate
status=0
wait "$inner" || status=$?
for path in ${insideWall}/*; do test -z "$first" || chown -R -h 0:0 "$path"; done
exit "$status"
`;
