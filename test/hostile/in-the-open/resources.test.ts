/** What `alone/resources.test.ts` stops, with nothing that stops it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { hostCargo } from '../../support/host-cargo.ts';
import { cleanVariables, plainProgram, project } from '../../support/rig.ts';
import { running, until } from '../../support/running.ts';

describe('without a box a build script of the same kind, bounded here,', () => {
  for (const [what, body, leastMs] of [
    [
      'has more processes than the limit above',
      'let all: Vec<_> = (0..150).map(|_| std::process::Command::new("sleep").arg("1").spawn().unwrap()).collect(); for mut one in all { one.wait().unwrap(); }',
      0,
    ],
    [
      'takes more memory',
      'let mut all: Vec<Vec<u8>> = Vec::new(); for _ in 0..32 { all.push(vec![1u8; 16 << 20]); std::hint::black_box(&all); }',
      0,
    ],
    [
      'spins for longer',
      'let begin = std::time::Instant::now(); while begin.elapsed().as_secs() < 5 { std::hint::spin_loop(); }',
      5000,
    ],
    ['is silent for longer', 'std::thread::sleep(std::time::Duration::from_secs(5));', 5000],
  ] as const) {
    it(what, async (context) => {
      const made = project(context, {
        ...plainProgram('eats', 'fn main() {}\n'),
        'build.rs': `fn main() { ${body} }\n`,
      });
      const ended = await hostCargo(made, ['build']);
      assert.equal(ended.status, 0, ended.text);
      assert.ok(ended.milliseconds >= leastMs);
    });
  }

  it('outlives a cargo that was ended by SIGTERM, and one that was killed', async (context) => {
    const made = project(context, plainProgram('stays', 'fn main() {}\n'));
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const marker = `marker-${process.pid}-open-${signal}`;
      const script = `trap '' TERM INT HUP; setsid sh -c 'sleep 8; : ${marker}' & wait; : ${marker}`;
      made.write(
        'build.rs',
        `fn main() { std::process::Command::new("sh").args(["-c", ${JSON.stringify(script)}]).status().unwrap(); }\n`,
      );
      const variables = { ...cleanVariables(), CARGO_TARGET_DIR: `${made.folder}.target` };
      const cargo = spawn('cargo', ['build'], { cwd: made.folder, env: variables, stdio: 'ignore' });
      await until('it runs', () => running(marker).length > 1, 60);
      cargo.kill(signal);
      await new Promise((gone) => cargo.once('exit', gone));
      await delay(500);
      assert.ok(running(marker).length > 0, signal);
      await until('it ends by itself', () => running(marker).length === 0, 30);
    }
  });
});
