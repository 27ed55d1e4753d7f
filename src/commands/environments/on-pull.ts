import type { PullProgress } from '../../environment/image/image-store.ts';
import type { Session } from '../session.ts';

/** Shows how far the engine is with an image. */
export function onPull(session: Session): (progress: PullProgress) => void {
  return ({ status, layer, doneBytes, totalBytes }) => {
    const fraction = doneBytes !== null && totalBytes !== null && totalBytes > 0 ? doneBytes / totalBytes : undefined;
    session.reporter.progress(layer === null ? status : `${status} ${layer}`, fraction);
  };
}
