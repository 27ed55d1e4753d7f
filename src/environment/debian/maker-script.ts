/** The folders of the container in which a root is made. */
export const makerFolders = { job: '/maker', debs: '/debs', work: '/work' } as const;

/**
 * Runs as root of the container, its arguments are those of mmdebstrap: installs what the image lacks, makes a repository
 * of the pinned packages, makes the root, and gives the result to whoever owns the folder of the job.
 */
export const makeScript = `set -eu
umask 022
job=${makerFolders.job} debs=${makerFolders.debs} work=${makerFolders.work}
if [ -s "$job/tools" ]; then
  sed "s,.*,$debs/&.deb," "$job/tools" | xargs apt-get install --quiet=2 --yes --no-install-recommends \\
    -o APT::Sandbox::User=root -o Dpkg::Options::=--force-unsafe-io >&2
fi
mkdir "$work/repository" "$work/fields" "$TMPDIR"
xargs -P "$(nproc)" -L 1 sh "$job/add" < "$job/packages"
cat "$work"/fields/* > "$work/repository/Packages"
mmdebstrap "$@"
chown --reference="$job" "$job/root.tar"
`;

/**
 * Adds one package, \`name version sha256\`, to the repository. The contents of large ones are decompressed here, side by
 * side, as on a host with Debian's tools: mmdebstrap and dpkg would each do it again, one after the other.
 */
export const addScript = `set -eu
deb="${makerFolders.debs}/$3.deb" out="${makerFolders.work}/repository/$3.deb"
if [ "$(dpkg-deb --show --showformat '\${Package} \${Version}' "$deb")" != "$1 $2" ]; then
  echo "E: the package $1 cannot be read: name or version inside differ from the pinned ones" >&2
  exit 255
fi
if [ "$(stat -c %s "$deb")" -gt 524288 ]; then
  # An ar archive: its head, debian-binary of 4 bytes, control and data, each after a head of 60 bytes.
  control=$(tail -c +121 "$deb" | head -c 10)
  head -c $((132 + control + control % 2)) "$deb" > "$out"
  dpkg-deb --fsys-tarfile "$deb" > "$out.data"
  printf '%-16s%-12s%-6s%-6s%-8s%-10s\`\\n' data.tar 0 0 0 100644 "$(stat -c %s "$out.data")" >> "$out"
  cat "$out.data" >> "$out"
  rm "$out.data"
else
  cp "$deb" "$out"
fi
chmod 644 "$out"
sum=$(sha256sum < "$out")
{
  dpkg-deb --field "$deb"
  printf 'Filename: ./%s.deb\\nSize: %s\\nSHA256: %s\\n\\n' "$3" "$(stat -c %s "$out")" "\${sum%% *}"
} > "${makerFolders.work}/fields/$1"
`;
