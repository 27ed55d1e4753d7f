// A command of its own for tests that hide programs from it or kill it: HOME DOCKER_HOST IMAGE. Makes the pins of a small
// root in a container of that image, adds a package to it, and prints the pins of both.
import { join } from 'node:path';
import { rootMaker } from '../../src/commands/environments/root-maker.ts';
import type { Session } from '../../src/commands/session.ts';
import type { Config } from '../../src/config/config.ts';
import type { DebianHost } from '../../src/environment/debian/debian-host.ts';
import { addToPins, pinPackages } from '../../src/environment/debian/make-pins.ts';
import { essential, resolveNames } from '../../src/environment/debian/resolve-packages.ts';
import { readHost } from '../../src/facts/read-host.ts';
import { locations } from '../../src/host/locations.ts';
import { currentOwner, ownerWord } from '../../src/host/owner.ts';

async function main([home = '', dockerHost = '', image = '']: readonly string[]): Promise<void> {
  const variables = { ...process.env, DOCKER_HOST: dockerHost, DOCKER_CONFIG: join(home, 'docker') };
  const facts = readHost(variables, home);
  if (!facts.ok) throw new Error('no host');
  let boxes = 0;
  const session = {
    host: facts.value,
    locations: locations({ CARGO_BOXED_HOME: home }),
    reporter: { step: (text: string) => console.error(text), progress: () => {} },
    interruption: { signal: new AbortController().signal },
    nextBox: () => `${ownerWord(currentOwner())}-${++boxes}`,
  } as unknown as Session;
  const host: DebianHost = {
    locations: session.locations,
    variables,
    forbidden: [],
    onProgress: ({ text }) => console.error(text),
    snapshotMirror: null,
  };
  const maker = await rootMaker(session, { debianImage: { value: image } } as unknown as Config, host);
  if (!maker.ok || maker.value.container === undefined) throw new Error(JSON.stringify(maker));
  const wanted = { suite: 'bookworm', architecture: 'amd64', installed: null };
  const packages = await resolveNames(maker.value, wanted, [essential, 'ca-certificates']);
  if (!packages.ok) throw new Error(JSON.stringify(packages));
  const named = { suite: 'bookworm', architecture: 'amd64', layers: [], snapshot: '20260101T000000Z' };
  const base = await pinPackages(maker.value, named, packages.value);
  if (!base.ok) throw new Error(JSON.stringify(base));
  const added = await addToPins(maker.value, base.value, { layers: [], packages: ['less'] }, { now: new Date(0) });
  if (!added.ok) throw new Error(JSON.stringify(added));
  console.log(JSON.stringify({ base: base.value, added: added.value }));
}

await main(process.argv.slice(2));
