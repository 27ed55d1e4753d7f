import { createServer, type Socket } from 'node:net';
import { portSocket } from '../plan/plan-doors.ts';
import { joinSockets, listenIn, listening, mostConnections, type Relay } from './join-sockets.ts';

/** How long somebody outside waits until the box is there to answer. */
const patienceMs = 10_000;
/** Tells the relay inside that somebody has connected. */
const goAhead = '\n';

/**
 * Leads a port of the host's 127.0.0.1 into a box. It is the relay inside that connects to us, ahead of time, at a
 * socket of ours: we open nothing that the box could have put there, and the box learns nothing but that somebody has
 * connected. Throws the system's error when the port is taken.
 */
export async function openPort(port: number, folder: string): Promise<Relay> {
  const open = new Set<Socket>();
  const ready: Socket[] = [];
  const waiting: Socket[] = [];
  const forget = (list: Socket[], socket: Socket) => {
    const at = list.indexOf(socket);
    if (at >= 0) list.splice(at, 1);
    return at >= 0;
  };
  const meet = (inner: Socket, outer: Socket) => {
    inner.write(goAhead);
    joinSockets(inner, outer, open);
  };
  const come = (socket: Socket, own: Socket[], others: Socket[], pair: (other: Socket) => void) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      open.delete(socket);
      forget(own, socket);
    });
    const other = others.shift();
    if (other === undefined) own.push(socket);
    else pair(other);
  };
  const fromInside = createServer({ allowHalfOpen: true }, (inner) => {
    come(inner, ready, waiting, (outer) => meet(inner, outer));
  });
  const fromOutside = createServer({ allowHalfOpen: true }, (outer) => {
    come(outer, waiting, ready, (inner) => meet(inner, outer));
    setTimeout(() => {
      if (forget(waiting, outer)) outer.destroy();
    }, patienceMs).unref();
  });
  fromOutside.maxConnections = mostConnections;
  await listening(fromOutside, () => fromOutside.listen({ host: '127.0.0.1', port, exclusive: true }));
  const inside = await listenIn(fromInside, folder, portSocket(port)).catch((error: unknown) => {
    fromOutside.close();
    throw error;
  });
  return {
    close: () => {
      fromOutside.close();
      inside.close();
      for (const socket of open) socket.destroy();
    },
  };
}
