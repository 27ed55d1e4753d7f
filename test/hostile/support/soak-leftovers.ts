import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SoakPlace } from './soak-place.ts';

/** What the machine had before a command, to be compared with afterwards. */
export interface Before {
  readonly temporary: ReadonlySet<string>;
  readonly mounts: number;
  readonly networks: string;
}

export function lookBefore(place: SoakPlace): Before {
  return {
    temporary: new Set(temporaryEntries(place)),
    mounts: mountLines(place).length,
    networks: askDocker(place, '/networks').join(),
  };
}

/** Whatever of a killed command is still there: empty if all is well. `word` begins the names of all its files. */
export async function leftovers(place: SoakPlace, before: Before, word: string, project: string): Promise<string[]> {
  const left: string[] = [];
  for (let waited = 0; waited < 100 && processesOf(place, word, project).length > 0; waited += 1) await delay(100);
  left.push(...processesOf(place, word, project).map((found) => `process ${found}`));
  left.push(...filesOf(place, word).map((path) => `file ${path}`));
  left.push(...(await newTemporary(place, before)).map((path) => `temporary ${path}`));
  left.push(...foreignFiles(place).map((path) => `of another owner: ${path}`));
  left.push(...halfFiles(project).map((path) => `half a file ${path}`));
  left.push(...brokenViews(place).map((path) => `broken in the store: ${path}`));
  const mounts = mountLines(place);
  if (mounts.length > before.mounts) left.push(`${mounts.length - before.mounts} mounts, one is ${mounts.at(-1)}`);
  left.push(...askDocker(place, '/containers/json?all=1').map((name) => `container ${name}`));
  const networks = askDocker(place, '/networks').join();
  if (networks !== before.networks) left.push(`networks ${networks}`);
  return left;
}

/** Every process that was started for the command: its arguments or what it has mounted name it. */
export function processesOf(place: SoakPlace, word: string, project: string): readonly string[] {
  const words = [project, word];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const argv = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      if (argv === '' || argv.startsWith('/usr/sbin/dockerd')) return [];
      const all = `${argv}\n${read(`/proc/${name}/mountinfo`)}`;
      const isOurs = words.some((one) => all.includes(one)) || all.includes(`${place.home}/cache/fetch-runs/${word}`);
      return isOurs ? [`${name}: ${argv.slice(0, 120)}`] : [];
    });
}

/** Folders that are looked through for names of the command; deep ones are judged by the next build. */
function filesOf(place: SoakPlace, word: string): readonly string[] {
  const pid = word.split('-')[0];
  const folders = [place.home, '/dev/shm', '/var/tmp', '/tmp'].filter(existsSync);
  const named = new RegExp(`(^|[.-])${word}|\\.(new-)?${pid}$|\\.cargo-boxed-${pid}-`);
  const deep = ['roots/*/*', 'store/*', 'targets/*/*/*', 'debs/*', 'views/*/*'].map((path) =>
    join(place.home, 'cache', path),
  );
  const found = folders.flatMap((folder) => {
    const depth = folder === place.home ? '5' : '1';
    const pruned = folder === place.home ? deep.flatMap((path) => ['-path', path, '-prune', '-o']) : [];
    // It fails for what goes away while it looks, such as control groups.
    const found = spawnSync('find', [folder, '-mindepth', '1', '-maxdepth', depth, ...pruned, '-print'], {
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return found.stdout.split('\n').filter((path) => named.test(path.split('/').at(-1) ?? ''));
  });
  return [...found, ...emptyGroups()];
}

/** Control groups of boxes have names that say nothing: one without a process is nobody's any more. */
function emptyGroups(): readonly string[] {
  const parents = ['memory', 'pids', 'cpu', ''].map((name) => join('/sys/fs/cgroup', name, 'cargo-boxed'));
  return parents.filter(existsSync).flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(parent, entry.name))
      .filter((group) => readFileSync(join(group, 'cgroup.procs'), 'utf8') === ''),
  );
}

/** All in the commands' own TMPDIR; in that of everybody what is called like it. What names its maker is found by that. */
function temporaryEntries({ temporary }: SoakPlace): readonly string[] {
  const shared = readdirSync('/tmp').filter((name) => /^boxed-[0-9a-f]{12}$/.test(name));
  const own = readdirSync(temporary).filter((name) => !name.startsWith('soaked-'));
  return [...shared.map((name) => join('/tmp', name)), ...own.map((name) => join(temporary, name))];
}

/** Other commands on this machine make such folders too, but theirs don't stay. */
async function newTemporary(place: SoakPlace, { temporary }: Before): Promise<readonly string[]> {
  const fresh = () => temporaryEntries(place).filter((path) => !temporary.has(path) && ownedBy(path, place.uid));
  let found = fresh();
  for (let waited = 0; waited < 20 && found.length > 0; waited += 1) {
    await delay(250);
    const now = new Set(fresh());
    found = found.filter((path) => now.has(path));
  }
  return found;
}

function ownedBy(path: string, uid: number): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.uid === uid;
}

const boxUid = 65533;

function foreignFiles({ home, temporary, uid }: SoakPlace): readonly string[] {
  const argv = [
    home,
    temporary,
    '-path',
    join(home, 'cache/roots/*/*'),
    '-prune',
    '-o',
    // What the box of a root caller makes belongs to nobody else; its folder is named so.
    ...['-path', join(home, `cache/targets/*/*-${boxUid}*`), '-uid', `${boxUid}`, '-prune', '-o'],
    '!',
    '-uid',
    `${uid}`,
    '-print',
  ];
  const found = execFileSync('find', argv, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return found.split('\n').filter((path) => path !== '');
}

function halfFiles(project: string): readonly string[] {
  const found = execFileSync('find', [project, '-name', '.cargo-boxed-*'], { encoding: 'utf8' });
  return found.split('\n').filter((path) => path !== '');
}

/** Every crate that a view names lies in the store, whole. */
function brokenViews({ home }: SoakPlace): readonly string[] {
  const views = join(home, 'cache/views');
  return list(views)
    .filter((name) => !name.startsWith('.'))
    .flatMap((view) =>
      list(join(views, view, 'crates')).flatMap((source) =>
        list(join(views, view, 'crates', source)).flatMap((crate) => {
          const link = readlinkSync(join(views, view, 'crates', source, crate));
          const folder = join(home, 'cache/store', link.split('/').at(-1) ?? '');
          const wanted = ['.cargo-checksum.json', 'Cargo.toml', 'src/lib.rs', 'src/part-9.txt'];
          return wanted.every((file) => existsSync(join(folder, file))) ? [] : [join(view, crate)];
        }),
      ),
    );
}

function mountLines({ home, temporary, docker }: SoakPlace): readonly string[] {
  const folders = [home, temporary, '/dev/shm/cargo-boxed', ...(docker === null ? [] : [docker.folder])];
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => folders.some((folder) => line.includes(folder)));
}

/** Names of all that the engine lists there; the engine is the soak's own. */
function askDocker({ docker }: SoakPlace, path: string): readonly string[] {
  if (docker === null) return [];
  const said = execFileSync('curl', ['-s', '--unix-socket', docker.socket, `http://docker${path}`], {
    encoding: 'utf8',
  });
  const all = JSON.parse(said) as { readonly Name?: string; readonly Names?: readonly string[] }[];
  return all.map(({ Name, Names }) => Name ?? Names?.join() ?? '?').sort();
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
