/**
 * `npm run bench`: what the box costs, as ratios from one run, printed as a Markdown table. `-- --cold` adds the cold
 * builds (minutes), `-- --engine bwrap` leaves docker out, `-- --only TEXT` runs the lines whose name has TEXT.
 */
import { parseArgs } from 'node:util';
import { startDockerDaemon } from '../support/docker-daemon.ts';
import { table } from '../support/print-table.ts';
import {
  coldBuild,
  fetchFromStore,
  fetchIntoEmpty,
  noOpBubblewrap,
  noOpDocker,
  planOfMembers,
  type Row,
  startUntilEngine,
  strengthOfBubblewrap,
} from './bench-rows.ts';
import { type Bench, setUpBench, warmUp } from './bench-setup.ts';
import { imageFromRoot, imageSize, imageThatIsThere, imageWithOneMore } from './image-rows.ts';
import { addSet, diskOfOverlappingSets, inferenceOf500, setThatIsThere } from './layer-rows.ts';
import { largeClosure, nixProcesses, noOpNix } from './nix-rows.ts';

const { values } = parseArgs({
  options: {
    cold: { type: 'boolean', default: false },
    engine: { type: 'string', multiple: true, default: ['bwrap', 'docker'] },
    only: { type: 'string', default: '' },
  },
});

const withDocker = values.engine.includes('docker');
interface Line {
  readonly name: string;
  readonly wanted: boolean;
  /** Whether it measures the project of the bench, built before: the others bring their own. */
  readonly project: boolean;
  readonly run: (bench: Bench) => Promise<Row>;
}

const ofProject = (name: string, wanted: boolean, run: Line['run']): Line => ({ name, wanted, run, project: true });
const ofOwn = (name: string, wanted: boolean, run: Line['run']): Line => ({ name, wanted, run, project: false });

const lines: readonly Line[] = [
  ofProject('no-op bwrap', true, noOpBubblewrap),
  ofProject('strength bwrap', true, strengthOfBubblewrap),
  ofProject('no-op docker', withDocker, noOpDocker),
  ofProject('start', true, startUntilEngine),
  ofProject('plan', true, planOfMembers),
  ofProject('cold bwrap', values.cold, (bench) => coldBuild(bench, 'bwrap')),
  ofProject('cold docker', values.cold && withDocker, (bench) => coldBuild(bench, 'docker')),
  ofProject('fetch from store', true, fetchFromStore),
  ofProject('fetch into empty', true, fetchIntoEmpty),
  ofOwn('nix no-op', true, noOpNix),
  ofOwn('nix processes', true, nixProcesses),
  ofOwn('nix large closure', true, largeClosure),
  ofOwn('layers there', true, setThatIsThere),
  ofOwn('layers disk', true, diskOfOverlappingSets),
  ofOwn('layers inference', true, inferenceOf500),
  ofOwn('layers add', withDocker, addSet),
  ofOwn('image there', true, imageThatIsThere),
  ofOwn('image size', true, imageSize),
  ofOwn('image more', true, imageWithOneMore),
  ofOwn('image build', withDocker, imageFromRoot),
];

async function main(): Promise<void> {
  // It adds 80 ms to every start of Node 20, on our side only.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const daemon = withDocker && process.env.DOCKER_HOST === undefined ? await startDocker() : null;
  const bench = await setUpBench();
  const rows: Row[] = [];
  try {
    const chosen = lines.filter(({ wanted, name }) => wanted && name.includes(values.only));
    if (chosen.some(({ project }) => project)) await warmUp(bench, withDocker ? ['bwrap', 'docker'] : ['bwrap']);
    for (const line of chosen) {
      console.error(`${line.name} …`);
      const row = await line.run(bench);
      console.error(`  ${row.ours} | ${row.theirs} | ${row.result} | ${row.bar}`);
      rows.push(row);
    }
  } finally {
    bench.stop();
    await daemon?.stop();
  }
  const cells = rows.map((row) => [row.what, row.ours, row.theirs, row.result, row.bar, row.held ? 'yes' : 'NO']);
  console.log(table(['what', 'cargo-boxed', 'compared with', 'result', 'bar', 'held'], cells));
  process.exitCode = rows.every(({ held }) => held) ? 0 : 1;
}

async function startDocker(): Promise<{ stop(): Promise<void> }> {
  const daemon = await startDockerDaemon();
  process.env.DOCKER_HOST = `unix://${daemon.socket}`;
  return daemon;
}

void main();
