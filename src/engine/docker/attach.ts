import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import type { BoxStreams } from '../engine.ts';
import { demultiplex } from './demultiplex.ts';
import { isReaderGone, receiver } from './write-out.ts';

/** How the output of a box ended. */
export type OutputEnd = 'whole' | 'cut' | 'reader-gone';

export interface Attachment {
  /** Passes output on until the box closes it. */
  pump(): Promise<OutputEnd>;
  /** Lets go of everything: the connection, our listeners, the raw terminal. */
  detach(): void;
}

/**
 * The engine's raw connection: half closing it closes the box's stdin. Dialled by the library's transport, since its own
 * `attach` sends its options as a body too, and a body of this request would be the box's first input.
 */
export function openAttachment(docker: Docker, container: Container, stdin: boolean): Promise<Socket> {
  const request = {
    path: `/containers/${container.id}/attach?`,
    method: 'POST',
    hijack: true,
    isStream: true,
    openStdin: false,
    file: Buffer.alloc(0),
    options: { stream: true, stdin, stdout: true, stderr: true },
    statusCodes: { 101: true, 200: true, 404: 'no such container', 500: 'server error' },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, socket: unknown) =>
      error ? reject(error) : resolve(socket as Socket),
    );
  });
}

export function attachPipes(socket: Socket, streams: BoxStreams, heard: (bytes: number) => void): Attachment {
  const input = streams.stdin === 'inherit' ? process.stdin : streams.stdin;
  const stdout = receiver(outputOf(streams.stdout, process.stdout));
  const stderr = receiver(outputOf(streams.stderr, process.stderr));
  // The box may end before it has read its input: that is no failure of ours.
  socket.on('error', () => undefined);
  const stopFeeding = input === 'none' ? () => undefined : feed(input, socket);
  return {
    pump: async () => {
      try {
        return await demultiplex(socket, (channel, bytes) => {
          heard(bytes.length);
          return channel === 'stdout' ? stdout.write(bytes) : stderr.write(bytes);
        });
      } catch (error) {
        return isReaderGone(error) ? 'reader-gone' : 'cut';
      }
    },
    detach: () => {
      stopFeeding();
      stdout.release();
      stderr.release();
      socket.destroy();
    },
  };
}

function outputOf(wanted: 'inherit' | Writable, own: Writable): Writable {
  return wanted === 'inherit' ? own : wanted;
}

/** A reader that fails ends the box's input; the box decides what that means. */
export function feed(input: Readable, socket: Socket): () => void {
  const finish = () => socket.end();
  input.on('error', finish);
  input.pipe(socket);
  return () => {
    input.off('error', finish);
    input.unpipe(socket);
    input.pause();
    // An inherited descriptor that is still being read would keep this process alive.
    if (input === process.stdin) (input as Readable & { unref?: () => void }).unref?.();
  };
}
