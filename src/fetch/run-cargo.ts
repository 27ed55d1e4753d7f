import { Writable } from 'node:stream';
import { failure, type Result, success } from '../base/result.ts';
import { formatDuration } from '../config/units.ts';
import type { Outcome, ResolvedBox } from '../engine/engine.ts';
import type { Problem } from '../problem/problem.ts';
import type { FetchProgress, RunBox } from './fetch-inputs.ts';

export interface CargoEnd {
  readonly status: number;
  /** The last of what cargo said on its error stream. */
  readonly said: string;
  readonly output: string;
}

const keptCharacters = 64 * 1024;
const maximumOutputBytes = 64 * 1024 * 1024;

/** Runs cargo in a fetch box, shows what it says, and keeps it for the explanation of a failure. */
export async function runCargo(
  runBox: RunBox,
  box: ResolvedBox,
  show: FetchProgress['stream'] | null,
  signal: AbortSignal,
): Promise<Result<CargoEnd>> {
  let said = '';
  const output: Buffer[] = [];
  let outputBytes = 0;
  const stderr = new Writable({
    write(piece: Buffer, _encoding, done) {
      said = (said + piece.toString('utf8')).slice(-keptCharacters);
      if (show === null || show.write(piece)) done();
      else show.once('drain', () => done());
    },
  });
  const stdout = new Writable({
    write(piece: Buffer, _encoding, done) {
      outputBytes += piece.length;
      if (outputBytes <= maximumOutputBytes) output.push(piece);
      done();
    },
  });
  const outcome = await runBox(box, { stdin: 'none', stdout, stderr }, signal);
  if (!outcome.ok) return outcome;
  const end = outcome.value;
  if (end.kind === 'finished')
    return success({ status: end.status, said, output: Buffer.concat(output).toString('utf8') });
  if (end.kind === 'limit') return failure(stopped(end));
  return failure({
    code: end.kind === 'interrupted' ? 'fetch-failed' : 'engine-failed',
    what: end.kind === 'interrupted' ? 'fetching was interrupted' : 'the fetch box did not end by itself',
    ...(end.kind === 'lost' ? { why: end.why } : {}),
    ...(end.kind === 'killed' ? { why: `it was killed by ${end.signal}` } : {}),
  });
}

function stopped({ limit, value }: Extract<Outcome, { kind: 'limit' }>): Problem {
  const [key, did] = limit === 'silenceMs' ? ['silence', 'said nothing'] : ['time', 'ran'];
  return {
    code: 'time-limit',
    what: `fetching ${did} for ${formatDuration(value)}, as long as it may`,
    fix: `Run the command again: what has come so far is kept. To change it set \`limits.${key}\` or give \`--limit ${key}=VALUE\`.`,
  };
}
