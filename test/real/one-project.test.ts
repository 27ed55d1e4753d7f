import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { startGitServer } from '../support/git-server.ts';
import { temporaryFolder } from '../support/rig.ts';
import { assembleProject } from './assemble-project.ts';
import { differences, runSide } from './compare-runs.ts';
import { realProjects } from './projects.ts';

test('a public project with a git dependency gives in the box of each engine what it gives on the host', async (context) => {
  const project = realProjects[0];
  assert.ok(project);
  const host = await startGitServer();
  context.after(() => host.stop());
  const sources = join(temporaryFolder(context, 'real'), 'project');
  await assembleProject(project, sources, host);
  const expected = await runSide('host', project, sources);
  assert.deepEqual(
    expected.commands.map(({ status }) => status),
    [0, 0, 0],
    expected.commands.map(({ tail }) => tail).join('\n'),
  );
  for (const engine of ['bwrap', 'docker'] as const)
    assert.deepEqual(differences(expected, await runSide(engine, project, sources)), []);
});
