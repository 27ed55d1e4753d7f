import assert from 'node:assert/strict';
import test from 'node:test';
import { cargoFiles, hostCargo } from '../support/host-cargo.ts';
import { type Project, project } from '../support/rig.ts';

const files = {
  'Cargo.toml':
    '[package]\nname = "app"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nitoa = "1"\nryu = "1"\n',
  'src/main.rs': 'fn main() {}\n',
};

/** A Cargo.lock in its parts: the head, and each package with its first line. */
interface Parts {
  readonly whole: string;
  readonly head: string;
  readonly packages: readonly string[];
}

/** What means the same as the text of cargo, or nearly the same. */
const variants: Readonly<Record<string, (lock: Parts) => string>> = {
  'lines that end as on Windows': ({ whole }) => whole.replaceAll('\n', '\r\n'),
  'more newlines at the end': ({ whole }) => `${whole}\n\n`,
  'packages in another order': ({ head, packages }) => [head, ...packages.toReversed()].join(''),
  'the format of version 1': ({ head, packages }) => {
    const [app = '', ...crates] = packages;
    const read = crates.map((text) => /name = "(.*)"\nversion = "(.*)"\nsource = "(.*)"\nchecksum = "(.*)"/.exec(text));
    const named = read.map((match) => [`${match?.[1]} ${match?.[2]} (${match?.[3]})`, match?.[4]] as const);
    return [
      head.replace('version = 4\n', ''),
      app.replace('"itoa"', `"${named[0]?.[0]}"`).replace('"ryu"', `"${named[1]?.[0]}"`),
      ...crates.map((text) => text.replace(/checksum.*\n/, '')),
      '\n[metadata]\n',
      ...named.map(([name, sum]) => `"checksum ${name}" = "${sum}"\n`),
    ].join('');
  },
  'no comment at the start': ({ whole }) => whole.replace(/^#.*\n/gm, ''),
  'a byte order mark': ({ whole }) => `\ufeff${whole}`,
  'a package that nothing needs': ({ whole, packages }) =>
    `${whole}${packages[2]?.replace('"ryu"', '"semver"').replace(/version = ".*"/, 'version = "1.0.0"')}`,
  'no checksum for one crate': ({ whole }) => whole.replace(/checksum = .*\n/, ''),
};

async function lockOfCargo(made: Project): Promise<Parts> {
  const ended = await hostCargo(made, ['generate-lockfile']);
  assert.equal(ended.status, 0, ended.text);
  const whole = made.read('Cargo.lock');
  const [head = '', ...packages] = whole.split(/(?=\n\[\[package\]\]\n)/);
  assert.equal(packages.length, 3);
  return { whole, head, packages };
}

for (const [what, vary] of Object.entries(variants)) {
  test(`a Cargo.lock with ${what} comes out as with cargo, also where nothing may be written`, async (context) => {
    const [ours, theirs] = [project(context, files, 'app'), project(context, files, 'app')];
    const text = vary(await lockOfCargo(theirs));
    for (const made of [ours, theirs]) made.write('Cargo.lock', text);
    // Locked first: what it leaves in the cache must not stand for a lock that cargo would leave as it is.
    for (const words of [['tree', '--locked'], ['tree']]) {
      const [boxed, host] = [await ours.boxed(words), await hostCargo(theirs, words)];
      // Without its sum a crate is not even asked for: our own error comes before cargo's.
      if (words.includes('--locked') && host.status !== 0) assert.notEqual(boxed.status, 0, boxed.text);
      else assert.equal(boxed.status, host.status, `${boxed.text}\n${host.text}`);
      assert.deepEqual(cargoFiles(ours), cargoFiles(theirs));
    }
  });
}

test('a merge that was left in Cargo.lock is an error with its line', async (context) => {
  const made = project(context, files, 'app');
  const { head, packages } = await lockOfCargo(made);
  const text = `${head}<<<<<<< HEAD\n${packages[0]}=======\n>>>>>>> other\n`;
  made.write('Cargo.lock', text);
  const ended = await made.boxed(['check']);
  assert.equal(ended.status, 65, ended.text);
  assert.match(ended.stderr, /Cargo\.lock:4:/);
  assert.equal(made.read('Cargo.lock'), text);
});
