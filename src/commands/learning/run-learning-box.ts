import { closeSync, constants, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Result, success } from '../../base/result.ts';
import { deleteTree } from '../../customs/delete-tree.ts';
import type { Outcome } from '../../engine/engine.ts';
import { cacheFolders } from '../../host/locations.ts';
import { boxIdentity, handToBox } from '../pipeline/box-owner.ts';
import { runBox } from '../pipeline/execute.ts';
import type { Planned } from '../pipeline/make-plan.ts';
import type { Session } from '../session.ts';

/** A build that was only made to see what it looks for. */
export interface LearningRun {
  readonly outcome: Outcome;
  /** What cargo has said, the end of it if it was much. */
  readonly text: string;
  /** What `record.c` has noted. */
  readonly record: string;
  /** The view of its crates, on this machine. */
  readonly view: string;
}

const mostCharacters = 8 * 1024 * 1024;
const mostRecordBytes = 16 * 1024 * 1024;

/** Longer than it takes to see that nothing is to be built: where a program has failed, there is nothing to say. */
const silentMilliseconds = 3000;

/** Runs a plan that records. What it says is for us to read; a person sees how far it is. */
export async function runLearningBox(session: Session, planned: Planned, round: number): Promise<Result<LearningRun>> {
  const { cache } = session.locations;
  // A later command finds by the name what a killed one has left.
  const relative = join(cacheFolders.records, session.runWord);
  const path = join(cache, relative);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const title = `Learning which system libraries the build needs, round ${round}`;
  const announcement = announceOnce(() => session.reporter.step(title), round === 1 ? silentMilliseconds : 0);
  try {
    handToBox(path, boxIdentity(session, planned));
    const heard = listen((line) => {
      announcement.now();
      session.reporter.progress(`${title}: ${line}`);
    });
    const ran = await runBox(session, planned, { scratch: null, record: path }, () => heard.streams);
    if (!ran.ok) return ran;
    return success({
      outcome: ran.value.outcome,
      text: heard.text(),
      view: ran.value.anchors.view ?? '',
      record: readEnd(join(path, 'records')),
    });
  } finally {
    announcement.cancel();
    // A box has written in it: it is deleted as carefully as a target.
    await deleteTree({ within: cache, relative });
  }
}

/** Says it after a while, or earlier when told to, and once. */
function announceOnce(say: () => void, milliseconds: number): { now(): void; cancel(): void } {
  let isSaid = false;
  const now = () => {
    if (!isSaid) say();
    isSaid = true;
  };
  const timer = milliseconds > 0 ? setTimeout(now, milliseconds) : undefined;
  if (timer === undefined) now();
  return { now, cancel: () => clearTimeout(timer) };
}

function listen(onLine: (line: string) => void) {
  let text = '';
  const stderr = new Writable({
    write(piece: Buffer, _encoding, done) {
      const fresh = piece.toString('utf8');
      text = `${text}${fresh}`.slice(-mostCharacters);
      const started = /^ +Compiling ([\w-]{1,64})/m.exec(fresh)?.[1];
      if (started !== undefined) onLine(started);
      done();
    },
  });
  const stdout = new Writable({ write: (_piece, _encoding, done) => done() });
  return {
    streams: { box: { stdin: 'none', stdout, stderr } as const, finished: async () => {} },
    text: () => text,
  };
}

/** The file was made in the box: only a plain one is read, and no more of it than a build notes. */
function readEnd(file: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return '';
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return '';
    const bytes = Buffer.alloc(Math.min(stat.size, mostRecordBytes));
    return bytes.toString('utf8', 0, readSync(descriptor, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(descriptor);
  }
}
