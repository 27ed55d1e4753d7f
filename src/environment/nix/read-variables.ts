/** Of the builder and of no use, or not true, in a box. */
const ofTheBuilder = new Set([
  ...['HOME', 'PWD', 'OLDPWD', 'SHLVL', '_', 'TMP', 'TMPDIR', 'TEMP', 'TEMPDIR', 'TERM', 'SHELL', 'TZ', 'IN_NIX_SHELL'],
  ...[
    'NIX_BUILD_TOP',
    'NIX_BUILD_CORES',
    'NIX_LOG_FD',
    'NIX_STORE',
    'NIX_SSL_CERT_FILE',
    'SSL_CERT_FILE',
    'NIX_ATTRS_JSON_FILE',
    'NIX_ATTRS_SH_FILE',
  ],
  // A date of 1980 in everything that is built is not what a build outside has.
  ...['SOURCE_DATE_EPOCH', 'NIX_ENFORCE_PURITY'],
]);
const mostBytes = 64 * 1024;

/**
 * The exported variables of an environment, sorted, as its derivation dumped them: `NAME=VALUE`, each ended by a zero.
 * What is no variable of a build (functions of a shell, odd names, control characters) is left out.
 */
export function readVariables(dump: string): Readonly<Record<string, string>> {
  const entries = dump.split('\0').flatMap((entry): [string, string][] => {
    const at = entry.indexOf('=');
    const [name, value] = [entry.slice(0, at), entry.slice(at + 1)];
    const isPlain = at > 0 && /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name) && /^[ -~\n\t]*$/.test(value);
    return isPlain && value.length <= mostBytes && !ofTheBuilder.has(name) ? [[name, value.trim()]] : [];
  });
  return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0)));
}
