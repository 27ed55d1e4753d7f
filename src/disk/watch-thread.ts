import { availableParallelism, setPriority } from 'node:os';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { type BoxProcesses, firstProcess, listProcesses, signalProcess, stateOf } from './box-processes.ts';
import { charge, type DiskAccount, nextLookMs, pauseAfterCountMs, type Room } from './disk-account.ts';
import { oneFolderEach, readRoom, temporaryBytes } from './file-systems.ts';
import { measureHeldFiles } from './held-files.ts';
import { type Measured, measureTree } from './measure-tree.ts';
import { shared, type WatchedBox, type WatchOrder } from './watched-box.ts';

export interface MeasuredBefore extends Measured {
  /** Of each folder: what was in it and does not count. */
  readonly before: readonly number[];
  readonly room: readonly Room[];
}

/** What is in the folders before the box starts. `isWhole: false`: an earlier one has left what cannot be counted. */
export function measureBefore({ folders }: WatchedBox): MeasuredBefore {
  const room = oneFolderEach(folders.map(({ path }) => path)).map(readRoom);
  const measured = folders.map(({ path, counts }) => measureTree(path, { openUp: counts === 'whole' }));
  const before = measured.map(({ bytes }, index) => (folders[index]?.counts === 'growth' ? bytes : 0));
  return {
    before,
    room,
    bytes: measured.reduce((sum, { bytes }, index) => sum + bytes - (before[index] ?? 0), 0),
    isWhole: measured.every(({ isWhole }, index) => isWhole || folders[index]?.counts === 'growth'),
  };
}

/** Longer than the kernel's longest write takes; who does not stop by then is ended. */
const longestStopMs = 5000;
/** A process that runs nothing but its own code has stopped by then. */
const soonMs = 5;
/** A process that waits for the disk may still be in the middle of one write: then it is counted again. */
const mostCounts = 5;

/**
 * Watches one box until it ends or is full. Looks at what the file systems have left, which is cheap and charges the box
 * with everybody's writing; when that reaches the limit, the box is stopped and counted file by file. Then it is ended
 * or goes on.
 */
class Watch {
  private readonly box: WatchedBox;
  private readonly words: BigInt64Array;
  private readonly rooms: readonly string[];
  private readonly processors = availableParallelism();
  private account: DiskAccount;
  private countMs = 0;
  private countedAt = performance.now();

  constructor(private readonly order: WatchOrder) {
    this.box = order.box;
    this.words = order.words;
    this.rooms = oneFolderEach(this.box.folders.map(({ path }) => path));
    this.account = { folderBytes: order.usedBytes, room: order.room };
  }

  /** `true`: the box was full and has been killed. */
  run(): boolean {
    for (let used = this.usedBytes(); ; ) {
      this.wait(nextLookMs(this.box.limitBytes - used, this.processors));
      if (this.hasEnded()) return this.isFullAtTheEnd();
      this.chargeAll();
      if (performance.now() - this.countedAt > pauseAfterCountMs(this.countMs)) this.countWhileItRuns();
      used = this.usedBytes();
      if (used < this.box.limitBytes) continue;
      if (this.isFull()) return true;
      used = this.usedBytes();
    }
  }

  private look(): readonly Room[] {
    return this.rooms.map(readRoom);
  }

  private chargeAll(): void {
    this.account = charge(this.account, this.look());
  }

  private usedBytes(): number {
    return this.account.folderBytes + this.fleetingBytes();
  }

  /** What goes away with the box: its memory file systems; and what it has handed out. */
  private fleetingBytes(): number {
    const tree = this.tree();
    const first = tree === null ? undefined : firstProcess(tree);
    const temporary = first === undefined ? 0 : temporaryBytes(first, this.box.temporary);
    return temporary + Number(Atomics.load(this.words, shared.outputBytes));
  }

  private tree(): BoxProcesses | null {
    const processId = Number(Atomics.load(this.words, shared.processId));
    return processId === 0 ? null : { processId, counts: this.order.counts };
  }

  private processes(): readonly number[] {
    const tree = this.tree();
    return tree === null ? [] : listProcesses(tree);
  }

  private hasEnded(): boolean {
    return Atomics.load(this.words, shared.ended) !== 0n;
  }

  private wait(ms: number): void {
    Atomics.wait(this.words, shared.ended, 0n, ms);
  }

  /** Somebody else may have deleted as much as the box has written. A count beside a running box only ever adds. */
  private countWhileItRuns(): void {
    const counted = this.countFolders(() => this.hasEnded());
    const folderBytes = Math.max(this.account.folderBytes, counted.bytes);
    this.account = charge({ ...this.account, folderBytes }, this.look());
  }

  private countFolders(giveUp: () => boolean): Measured {
    const started = performance.now();
    const counted = this.box.folders.map(({ path }) => measureTree(path, { giveUp }));
    this.countMs = performance.now() - started;
    this.countedAt = performance.now();
    return {
      bytes: counted.reduce((sum, { bytes }, index) => sum + bytes - (this.order.before[index] ?? 0), 0),
      isWhole: counted.every(({ isWhole }) => isWhole),
    };
  }

  /** Stops the box, counts exactly, and ends it or lets it go on. */
  private isFull(): boolean {
    const stopped = new Set<number>();
    for (let counts = 0; counts < mostCounts; counts += 1) {
      if (!this.stop(stopped)) break;
      this.countStopped([...stopped]);
      if (this.account.folderBytes + this.fleetingBytes() >= this.box.limitBytes) break;
      this.chargeAll();
      if (this.usedBytes() >= this.box.limitBytes) continue;
      for (const processId of this.processes()) if (stopped.has(processId)) signalProcess(processId, 'SIGCONT');
      return false;
    }
    return this.end();
  }

  private countStopped(stopped: readonly number[]): void {
    const charged = this.account.folderBytes;
    const before = this.look();
    const held = measureHeldFiles(stopped, this.rooms);
    const counted = this.countFolders(() => false);
    const known = counted.bytes + held.bytes;
    // What is held so that its size cannot be seen is charged with all that the file systems have lost meanwhile.
    const isKnown = counted.isWhole && held.isWhole;
    // While all of it stood still, what was written was not its own.
    const stoodStill = stopped.every((processId) => stateOf(processId) !== 'waits');
    const room = stoodStill ? this.look() : before;
    this.account = { folderBytes: isKnown ? known : Math.max(known, charged), room };
  }

  /**
   * Stops every process, and again until none is found running twice: they fork, and wake each other up. One that is in
   * the middle of a write goes on to its end, a gigabyte perhaps: what it makes of its file is counted meanwhile.
   * `false`: it is full already, or cannot be stopped.
   */
  private stop(stopped: Set<number>): boolean {
    const started = performance.now();
    for (let quiet = 0; quiet < 2; ) {
      const running = this.processes().filter((processId) => {
        const state = stateOf(processId);
        return state === 'runs' || (state === 'waits' && !stopped.has(processId));
      });
      for (const processId of running) {
        if (!signalProcess(processId, 'SIGSTOP')) return false;
        stopped.add(processId);
      }
      quiet = running.length === 0 ? quiet + 1 : 0;
      const since = performance.now() - started;
      if (since > longestStopMs) return false;
      if (since > soonMs && quiet === 0 && this.isFullMeanwhile(stopped)) return false;
    }
    return true;
  }

  private isFullMeanwhile(stopped: ReadonlySet<number>): boolean {
    const held = measureHeldFiles([...stopped], this.rooms);
    const counted = this.countFolders(() => false);
    return counted.bytes + held.bytes + this.fleetingBytes() >= this.box.limitBytes;
  }

  /** The verdict first, then the kill: whoever sees the box end knows why. */
  private end(): true {
    Atomics.store(this.words, shared.isFull, 1n);
    for (const processId of this.processes()) signalProcess(processId, 'SIGKILL');
    return true;
  }

  private isFullAtTheEnd(): boolean {
    this.chargeAll();
    // Somebody's deleting may have hidden a part of what was written.
    if (this.account.folderBytes < this.box.limitBytes / 2) return false;
    const { bytes, isWhole } = this.countFolders(() => false);
    const used = isWhole ? bytes : Math.max(bytes, this.account.folderBytes);
    if (used < this.box.limitBytes) return false;
    Atomics.store(this.words, shared.isFull, 1n);
    return true;
  }
}

if (!isMainThread && parentPort !== null) {
  try {
    // Of this thread alone: it sleeps nearly always, and must not wait when it wakes up. Only root may.
    setPriority(-20);
  } catch {
    // At the priority of everybody else, then.
  }
  const watch = new Watch(workerData as WatchOrder);
  parentPort.postMessage('watching');
  parentPort.postMessage(watch.run() ? 'full' : 'ended');
}
