import { stripVTControlCharacters } from 'node:util';
import { scriptFailures } from './read-failures.ts';

/** A build script that failed because it wanted something from a network. */
export interface MissedDownload {
  /** The package that it belongs to. */
  readonly crate: string;
  /** What it wanted, as its words name it: an address of the web, else the host's name. Empty where they don't say. */
  readonly from: readonly string[];
  /** Variables that it says it reads and that are its own: often one of them names a copy that is there already. */
  readonly variables: readonly string[];
}

/** How the C library, Rust, git, curl, wget, Go, Python, node and Java say that there is no network. */
export const noNetworkWords: readonly string[] = [
  ...['Could not resolve host', 'Could not resolve hostname', "Couldn't resolve host name"],
  ...['Temporary failure in name resolution', 'failed to lookup address information', 'unable to resolve host address'],
  ...['Network is unreachable', 'network is unreachable', 'NetworkUnreachable', 'ENETUNREACH', 'EAI_AGAIN'],
  ...['TemporaryNameServerFailure', 'dial tcp: lookup', 'UnknownHostException'],
];

/**
 * Words of a script that never got as far as the network: the program that it fetches with is not there either, or the
 * place that it keeps a download in. `fetch` is said of much else: it counts beside an address.
 */
const couldNotDownload = /\b(?:fail|unable|could not|couldn't|cannot|error|trying)[^\n]{0,60}\bdownload/i;
const couldNotFetch = /\b(?:fail|unable|could not|couldn't|cannot|error|trying)[^\n]{0,60}\bfetch/i;

const hostAfter: readonly RegExp[] = [
  /Could not resolve host(?:name)?: ([\w.-]{1,253})/g,
  /unable to resolve host address [\u2018'"]([\w.-]{1,253})/g,
  /dial tcp: lookup ([\w.-]{1,253})/g,
  /UnknownHostException: ([\w.-]{1,253})/g,
  /resolve dns name '([\w.-]{1,253})/g,
];
const address = /\bhttps?:\/\/([\w-][\w.-]{0,252})(?::\d{1,5})?(?:\/[\w./~%+@:=&?#,;-]{0,300})?/g;
const readsVariable = /cargo::?rerun-if-env-changed=([A-Za-z_]\w{0,63})\s*$/gm;

/** What every script of its kind reads: compilers and their flags, pkg-config, cargo's own, proxies. */
const common =
  /^(?:(?:HOST|TARGET|CROSS)_|CARGO_|RUST(?:C|FLAGS|DOC|UP|_)|PKG_CONFIG|CC$|CXX|AR$|ARFLAGS|S?CCACHE|PYTHON|HOST$|CFLAGS|CRATE_CC|LD|PATH|HOME|TMP|OUT_DIR|NINJA|NO_|DOCS_RS|CLANG|LLVM|LIBCLANG|BINDGEN|CMAKE|MAKE|SYSROOT|NUM_JOBS|OPT_LEVEL|PROFILE|DEBUG$)|proxy|_(?:x86_64|aarch64)/i;

/** How the words of a failure name a variable that would help: `Try setting \`A_DIR\``, `A_DIR must be set`. */
const namedVariable: readonly RegExp[] = [
  /\b(?:set|setting|specify|export|define|variables?|env)\b[^\n]{0,40}?[ `'"$({]([A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6})\b/g,
  /\b([A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,30}){1,6})[`'")}]{0,2} (?:env|variable|is not set|was not set|not set|must be set)/g,
];

/** The crate pkg-config reads these for each library: with `NO_PKG_CONFIG` it is not asked at all. None says where one is. */
const ofPkgConfig = /^(\w{1,64}?)_(?:NO_PKG_CONFIG|STATIC|DYNAMIC)$/;

/** The name of a variable that says where something is. */
const namesPlace = /ARCHIVE|FILE|DIR|PATH|ROOT|LOCATION|URL|LIB/;

const [mostAddresses, mostVariables] = [3, 6];

/** Of what cargo said, in whatever colours: the build scripts that failed for want of a network. */
export function findDownloads(text: string): readonly MissedDownload[] {
  return scriptFailures(stripVTControlCharacters(text)).flatMap(({ crate, said }) => {
    const addresses = [...said.matchAll(address)];
    const isOffline = noNetworkWords.some((words) => said.includes(words));
    const triesTo = couldNotDownload.test(said) || (addresses.length > 0 && couldNotFetch.test(said));
    if (!isOffline && !triesTo) return [];
    const hosts = unique(captured(said, hostAfter));
    const wanted = addresses.filter(({ 1: host = '' }) => hosts.length === 0 || hosts.includes(host));
    const from = wanted.length > 0 ? wanted.map(([whole]) => whole.replace(/[.,;:]+$/, '')) : hosts;
    return [{ crate, from: unique(from).slice(0, mostAddresses), variables: ownVariables(said) }];
  });
}

/** A build script that failed, and the variables of its own that it reads. */
export type ReadsVariables = Pick<MissedDownload, 'crate' | 'variables'>;

/** Of what cargo said: the build scripts that failed and read variables of which one says where something is. */
export function findPlaces(text: string): readonly ReadsVariables[] {
  return scriptFailures(stripVTControlCharacters(text)).flatMap(({ crate, said }) => {
    const variables = ownVariables(said).filter((name) => namesPlace.test(name));
    return variables.length > 0 ? [{ crate, variables }] : [];
  });
}

/**
 * Variables of its own that a script says it reads; first those that its failure names, then those that name a place.
 */
function ownVariables(said: string): readonly string[] {
  const read = unique(captured(said, [readsVariable]));
  const libraries = new Set(read.map((name) => /^(\w{1,64})_NO_PKG_CONFIG$/.exec(name)?.[1]));
  const isOwn = (name: string) => !common.test(name) && !libraries.has(ofPkgConfig.exec(name)?.[1] ?? '');
  const named = unique(captured(said, namedVariable)).filter((name) => isOwn(name) && namesPlace.test(name));
  const own = read.filter((name) => isOwn(name) && !named.includes(name));
  const [places, others] = [own.filter((name) => namesPlace.test(name)), own.filter((name) => !namesPlace.test(name))];
  // A longer name says more of the same: its sum, or its kind.
  const shortest = places.sort((left, right) => left.length - right.length);
  return [...named, ...shortest, ...others].slice(0, mostVariables);
}

function captured(said: string, patterns: readonly RegExp[]): readonly string[] {
  return patterns.flatMap((pattern) => [...said.matchAll(pattern)].map(({ 1: name = '' }) => name));
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}
