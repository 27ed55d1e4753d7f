import type { Connection } from './connect.ts';
import { type ContainerOwner, idLabel, ownerLabel, ownerState, readOwner } from './container-owner.ts';
import { deadline } from './deadline.ts';

/**
 * Removes the containers that a killed command of this user left behind; gives the ids of their boxes. One call when
 * there are none. What can't be told for certain stays.
 */
export async function reapContainers(connection: Connection, we: ContainerOwner): Promise<readonly string[]> {
  const { docker } = connection;
  const query = { all: true, filters: { label: [ownerLabel, idLabel] } };
  const found = await deadline(docker.listContainers(query), 10_000, 'its containers');
  const orphans = found.filter((container) => {
    const owner = readOwner(container.Labels[ownerLabel] ?? '');
    return owner !== null && ownerState(owner, we, container.State === 'running') === 'gone';
  });
  const removed = await Promise.all(
    orphans.map(async ({ Id, Labels }) => {
      try {
        await deadline(docker.getContainer(Id).remove({ force: true, v: true }), 20_000, 'a removal');
        return [Labels[idLabel] ?? Id];
      } catch {
        // Another command of ours may be removing it too; what stays is found again.
        return [];
      }
    }),
  );
  return removed.flat();
}
