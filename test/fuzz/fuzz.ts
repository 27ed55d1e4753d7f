/**
 * `npm run fuzz`: every parser of foreign bytes with many inputs, a process each. An input that breaks one is kept in the
 * corpus, where every later run starts from it.
 *   npm run fuzz -- --cases 100000 --only git-index --seed 7 --minutes 10
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { table } from '../support/print-table.ts';
import { corpusFolder } from './check.ts';
import { parsers } from './parsers/all.ts';
import { runParser } from './run-parser.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '10000' },
    only: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** For each parser. */
    minutes: { type: 'string', default: '10' },
    large: { type: 'string', default: '400' },
    side: { type: 'string', default: '2' },
    child: { type: 'string' },
  },
});

/** Without a word for so long, a case does not end. */
const longestSilenceMs = 60_000;
const mostMemoryBytes = 2 * 1024 ** 3;

if (values.child !== undefined) await runChild(values.child);
else await runAll();

async function runChild(name: string): Promise<void> {
  const parser = parsers.find((one) => one.name === name);
  if (parser === undefined) throw new Error(`no parser ${name}`);
  let largestBytes = 0;
  let said = performance.now();
  const run = await runParser(parser, {
    cases: Number(values.cases),
    seed: Number(values.seed),
    large: Number(values.large),
    mostMs: Number(values.minutes) * 60_000,
    onCase: (number) => {
      if (number % 100 !== 0 && performance.now() - said < 1000) return;
      said = performance.now();
      largestBytes = Math.max(largestBytes, process.memoryUsage.rss());
      if (largestBytes > mostMemoryBytes) throw new Error(`it took ${largestBytes} bytes of memory`);
      process.send?.({ number });
    },
  });
  const told = {
    cases: run.cases,
    milliseconds: run.milliseconds,
    largestBytes,
    finding: run.finding === null ? null : { ...run.finding, bytes: run.finding.bytes.toString('base64') },
  };
  // Letting go at once would cut a large one off.
  process.send?.(told, () => process.disconnect?.());
}

interface Row {
  readonly name: string;
  readonly cases: number;
  readonly milliseconds: number;
  readonly largestBytes: number;
  readonly finding: { readonly why: string; readonly bytes: string } | null;
}

function startChild(name: string): Promise<Row> {
  const options = ['--cases', '--seed', '--minutes', '--large'].flatMap((option) => [
    option,
    String(values[option.slice(2) as 'cases']),
  ]);
  const file = import.meta.filename ?? '';
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', file, '--child', name, ...options], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let last = 0;
    let heard = Date.now();
    let row: Row = { name, cases: 0, milliseconds: 0, largestBytes: 0, finding: null };
    let isWhole = false;
    const watch = setInterval(() => {
      if (Date.now() - heard < longestSilenceMs) return;
      child.kill('SIGKILL');
    }, 1000);
    child.on('message', (message: { number?: number } & Partial<Row>) => {
      heard = Date.now();
      if (message.number !== undefined) last = message.number;
      else {
        row = { ...row, ...message };
        isWhole = true;
      }
    });
    child.once('exit', () => {
      clearInterval(watch);
      const why = `the process ended or was stopped after case ${last}: it does not end, or took all memory`;
      resolve(isWhole ? row : { ...row, cases: last, finding: { why, bytes: '' } });
    });
  });
}

async function runAll(): Promise<void> {
  const waiting = parsers.filter(({ name }) => values.only.length === 0 || values.only.includes(name));
  const rows: Row[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const row = await startChild(next.name);
      rows.push(row);
      if (row.finding !== null) console.log(`${row.name}: ${row.finding.why}\n  ${keep(row)}`);
    }
  };
  await Promise.all(Array.from({ length: Number(values.side) }, work));
  rows.sort(
    (left, right) =>
      parsers.findIndex(({ name }) => name === left.name) - parsers.findIndex(({ name }) => name === right.name),
  );
  const lines = rows.map(({ name, cases, milliseconds, largestBytes, finding }) => [
    name,
    String(cases),
    (milliseconds / 1000).toFixed(1),
    String(Math.round(largestBytes / 1024 ** 2)),
    finding === null ? '0' : '1',
  ]);
  console.log(`\n${table(['parser', 'cases', 'seconds', 'memory, MiB', 'findings'], lines)}`);
  const total = rows.reduce((sum, { cases }) => sum + cases, 0);
  const findings = rows.filter(({ finding }) => finding !== null).length;
  console.log(`\nseed ${values.seed}: ${total} cases of ${rows.length} parsers, ${findings} findings`);
  process.exitCode = findings > 0 ? 1 : 0;
}

function keep({ name, finding }: Row): string {
  const bytes = Buffer.from(finding?.bytes ?? '', 'base64');
  if (bytes.length === 0) return `to see it again: --only ${name} --seed ${values.seed}`;
  if (bytes.length > 64 * 1024)
    return `${bytes.length} bytes, begins with ${JSON.stringify(bytes.toString('latin1', 0, 60))}`;
  const file = join(corpusFolder, name, `found-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`);
  mkdirSync(join(corpusFolder, name), { recursive: true });
  writeFileSync(file, bytes);
  return `kept as ${file}`;
}
