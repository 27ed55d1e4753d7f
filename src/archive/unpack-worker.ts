import { isMainThread, parentPort } from 'node:worker_threads';
import { unpackCrate } from './unpack-crate.ts';
import type { UnpackJob } from './unpack-job.ts';

export { unpackCrate };

/** As a thread: unpacks what it is told, one crate after the other, and answers with how each ended. */
if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  port.on('message', (job: UnpackJob | null) => {
    if (job === null) port.close();
    else void unpackCrate(job).then((end) => port.postMessage(end));
  });
}
