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
  largeClosure,
  noOpBubblewrap,
  noOpDocker,
  noOpNix,
  planOfMembers,
  type Row,
  startUntilEngine,
  strengthOfBubblewrap,
} from './bench-rows.ts';
import { type Bench, setUpBench, warmUp } from './bench-setup.ts';

const { values } = parseArgs({
  options: {
    cold: { type: 'boolean', default: false },
    engine: { type: 'string', multiple: true, default: ['bwrap', 'docker'] },
    only: { type: 'string', default: '' },
  },
});

const withDocker = values.engine.includes('docker');
const lines: readonly { name: string; wanted: boolean; run: (bench: Bench) => Promise<Row> }[] = [
  { name: 'no-op bwrap', wanted: true, run: noOpBubblewrap },
  { name: 'no-op nix', wanted: true, run: noOpNix },
  { name: 'large closure nix', wanted: true, run: largeClosure },
  { name: 'strength bwrap', wanted: true, run: strengthOfBubblewrap },
  { name: 'no-op docker', wanted: withDocker, run: noOpDocker },
  { name: 'start', wanted: true, run: startUntilEngine },
  { name: 'plan', wanted: true, run: planOfMembers },
  { name: 'cold bwrap', wanted: values.cold, run: (bench) => coldBuild(bench, 'bwrap') },
  { name: 'cold docker', wanted: values.cold && withDocker, run: (bench) => coldBuild(bench, 'docker') },
  { name: 'fetch from store', wanted: true, run: fetchFromStore },
  { name: 'fetch into empty', wanted: true, run: fetchIntoEmpty },
];

async function main(): Promise<void> {
  // It adds 80 ms to every start of Node 20, on our side only.
  delete process.env.NODE_EXTRA_CA_CERTS;
  const daemon = withDocker && process.env.DOCKER_HOST === undefined ? await startDocker() : null;
  const bench = await setUpBench();
  const rows: Row[] = [];
  try {
    await warmUp(bench, withDocker ? ['bwrap', 'docker'] : ['bwrap']);
    for (const line of lines.filter(({ wanted, name }) => wanted && name.includes(values.only))) {
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
