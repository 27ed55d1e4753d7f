import type { Socket } from 'node:net';
import type { Container } from 'dockerode';
import type { Attachment } from './attach.ts';
import { feed } from './attach.ts';
import { isReaderGone, receiver } from './write-out.ts';

/**
 * Joins our terminal to the box's own one: keys go in raw (Ctrl-C is the box's to handle), the window's size follows.
 * The terminal is put back by `detach` whatever happened.
 */
export function attachTerminal(socket: Socket, container: Container, heard: (bytes?: number) => void): Attachment {
  const { stdin, stdout } = process;
  const screen = receiver(stdout);
  const resize = () => {
    const { columns, rows } = stdout;
    if (columns > 0 && rows > 0) container.resize({ w: columns, h: rows }).catch(() => undefined);
  };
  socket.on('error', () => undefined);
  const raw = stdin.isTTY === true;
  if (raw) stdin.setRawMode(true);
  const pressed = () => heard();
  stdin.on('data', pressed);
  const stopFeeding = feed(stdin, socket);
  stdout.on('resize', resize);
  return {
    pump: async () => {
      resize();
      try {
        for await (const bytes of socket) {
          heard(bytes.length);
          await screen.write(bytes);
        }
        return 'whole';
      } catch (error) {
        return isReaderGone(error) ? 'reader-gone' : 'cut';
      }
    },
    detach: () => {
      stdout.off('resize', resize);
      stdin.off('data', pressed);
      stopFeeding();
      if (raw) stdin.setRawMode(false);
      screen.release();
      socket.destroy();
    },
  };
}
