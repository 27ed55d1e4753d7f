import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { hostCargo } from '../support/host-cargo.ts';
import { cleanVariables, commandLine, fixture, plainProgram, project } from '../support/rig.ts';

test('stdout of run and exec is byte-exact without a terminal', async (context) => {
  const program = `use std::io::Write;
fn main() {
    let all: Vec<u8> = (0..=255u8).cycle().take(1 << 20).collect();
    std::io::stdout().write_all(&all).unwrap();
    eprint!("\\x1b]0;title\\x07 done");
}
`;
  const made = project(context, plainProgram('bytes', program));
  const expected = Buffer.alloc(1 << 20, Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)));
  const ran = await made.boxed(['run', '--quiet']);
  assert.equal(ran.status, 0, ran.stderr);
  assert.ok(ran.stdoutBytes.equals(expected));
  const executed = await made.boxed(['exec', '--', 'printf', '\\000\\001\\377\\r\\n']);
  assert.deepEqual([...executed.stdoutBytes], [0, 1, 255, 13, 10]);
});

test('stdin reaches the program', async (context) => {
  const program = 'fn main() { std::io::copy(&mut std::io::stdin(), &mut std::io::stdout()).unwrap(); }\n';
  const made = project(context, plainProgram('copies', program));
  const stdin = 'one\ntwo\n'.repeat(50_000);
  const ended = await made.boxed(['run', '--quiet'], { stdin });
  assert.equal(ended.status, 0, ended.stderr);
  assert.equal(ended.stdout.length, stdin.length);
  assert.ok(ended.stdout === stdin);
});

test('what cargo says names folders of this machine, and what it says is there is there', async (context) => {
  const made = fixture(context, 'workspace-with-xtask');
  const plain = { variables: { CARGO_TERM_COLOR: 'never' } };
  for (const words of [['build'], ['doc', '--no-deps'], ['test', '--no-run'], ['tree'], ['pkgid']]) {
    const ended = await made.boxed([...words, ...(words[0] === 'pkgid' ? ['xtask'] : ['--workspace'])], plain);
    assert.equal(ended.status, 0, ended.text);
    assert.doesNotMatch(ended.text, /\/box\//);
    if (words[0] !== 'doc') assert.ok(ended.text.includes(made.folder), ended.text);
    const named = [...ended.stderr.matchAll(/(?:Generated |Executable .*\()(\/[^\s)]+)/g)].map(([, path = '']) => path);
    if (['doc', 'test'].includes(words[0] as string)) assert.notEqual(named.length, 0, ended.text);
    for (const path of named) assert.ok(existsSync(path), path);
  }
  assert.equal((await made.boxed(['tree'])).stdout, (await hostCargo(made, ['tree'])).stdout);
  const unformatted = project(context, plainProgram('odd', 'fn main(){}\n'));
  const checked = await unformatted.boxed(['fmt', '--check']);
  assert.ok(checked.stdout.includes(`Diff in ${unformatted.path('src/main.rs')}:1`), checked.text);
  const program = 'fn main() { println!("/box/project"); }\n';
  assert.equal((await project(context, plainProgram('says', program)).boxed(['run'])).stdout, '/box/project\n');
  assert.equal((await unformatted.boxed(['exec', '--', 'pwd'])).stdout, '/box/project\n');
});

test('--message-format=json names paths of the host that are there', async (context) => {
  const made = fixture(context, 'workspace-with-xtask');
  const ended = await made.boxed(['build', '--workspace', '--message-format=json']);
  assert.equal(ended.status, 0, ended.text);
  assert.doesNotMatch(ended.stdout, /\/box\//);
  const messages = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const artifacts = messages.filter(({ reason }) => reason === 'compiler-artifact');
  assert.equal(artifacts.length, 3);
  for (const artifact of artifacts) {
    assert.ok(existsSync(artifact.manifest_path), artifact.manifest_path);
    assert.ok(existsSync(artifact.target.src_path), artifact.target.src_path);
    if (artifact.executable === null) continue;
    assert.ok(existsSync(artifact.executable), artifact.executable);
  }
  assert.deepEqual(messages.at(-1), { reason: 'build-finished', success: true });
});

test('metadata names paths of the host', async (context) => {
  const made = fixture(context, 'workspace-with-xtask');
  const ended = await made.boxed(['metadata', '--format-version=1']);
  assert.equal(ended.status, 0, ended.text);
  const metadata = JSON.parse(ended.stdout);
  assert.equal(metadata.workspace_root, made.folder);
  for (const { manifest_path } of metadata.packages) assert.ok(existsSync(manifest_path), manifest_path);
});

test('100 MB of output pass without growth of memory', async (context) => {
  const program = `use std::io::Write;
fn main() {
    let line = "x".repeat(1023) + "\\n";
    let mut out = std::io::stdout().lock();
    for _ in 0..100 * 1024 { out.write_all(line.as_bytes()).unwrap(); }
}
`;
  const made = project(context, plainProgram('much', program));
  assert.equal((await made.boxed(['build', '--quiet'])).status, 0);
  const child = spawn(process.execPath, [commandLine, 'run', '--quiet'], {
    cwd: made.folder,
    env: cleanVariables(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let [bytes, peakKib] = [0, 0];
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    peakKib = Math.max(peakKib, peakMemoryKib(child.pid as number));
  });
  const status = await new Promise((resolve) => child.once('close', resolve));
  assert.deepEqual([status, bytes], [0, 100 * 1024 * 1024]);
  assert.ok(peakKib < 160 * 1024, `${peakKib} KiB`);
});

function peakMemoryKib(processId: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

test('colour is kept when it is asked for, and only then', async (context) => {
  const made = project(context, plainProgram('warns', 'fn main() { let unused = 1; }\n'));
  const plain = await made.boxed(['check']);
  assert.ok(!plain.stderr.includes('\u001b['), plain.text);
  made.write('src/main.rs', 'fn main() { let unused = 2; }\n');
  const coloured = await made.boxed(['--color', 'always', 'check']);
  assert.equal(coloured.status, 0, coloured.text);
  assert.ok(coloured.stderr.includes('\u001b['), coloured.text);
});

test('--json tells what came out and the end as events on stderr, one a line', async (context) => {
  const made = project(context, plainProgram('told', 'fn main() {}\n'));
  const ended = await made.boxed(['--json', 'build']);
  assert.equal(ended.status, 0, ended.text);
  const lines = ended.stderr.split('\n').filter((line) => line.startsWith('{'));
  const events = lines.map((line) => JSON.parse(line));
  assert.deepEqual(events.at(-1), { event: 'outcome', outcome: { kind: 'finished', status: 0 } });
  assert.ok(events.some(({ event }) => event === 'exported'));
});
