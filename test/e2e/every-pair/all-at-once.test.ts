import assert from 'node:assert/strict';
import test from 'node:test';
import { cleanVariables, commandLine, engine, fixture, run } from '../../support/rig.ts';

test('a real crate with a system tool, in a terminal, under limits', async (context) => {
  const made = fixture(context, 'spawns-tools');
  made.write('cargo-boxed.yaml', 'limits:\n  memory: 4GiB\n  time: 5m\n  files: 4096\n');
  assert.ok(['bwrap', 'docker'].includes(engine));
  const command = `stty cols 91 rows 27; "${process.execPath}" "${commandLine}" exec -- sh -c 'cargo build 2>&1 | tail -n 1; stty size; ulimit -n; tty'`;
  const terminal = () =>
    run(['script', '--quiet', '--return', '--command', command, '/dev/null'], {
      currentFolder: made.folder,
      variables: { ...cleanVariables(), TERM: 'xterm' },
    });
  let ended = await terminal();
  if (ended.status === 77) {
    // A memory limit that was asked for and cannot be held on this host is refused with the remedy, never silence.
    assert.match(ended.text, /memory/);
    made.write('cargo-boxed.yaml', 'limits:\n  time: 5m\n  files: 4096\n');
    ended = await terminal();
  }
  assert.equal(ended.status, 0, ended.text);
  assert.match(ended.stdout, /Finished/);
  assert.match(ended.stdout, /27 91/);
  assert.match(ended.stdout, /4096/);
  assert.match(ended.stdout, /\/dev\/(pts|console)/);
});
