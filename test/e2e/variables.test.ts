import assert from 'node:assert/strict';
import test from 'node:test';
import { plainProgram, project } from '../support/rig.ts';

const prints = plainProgram(
  'prints',
  'fn main() { for (name, value) in std::env::vars() { println!("{name}={value}"); } }\n',
);

test('the box has an environment made from nothing: no variable of the host but those of the table', async (context) => {
  const made = project(context, prints);
  const variables = {
    AWS_SECRET_ACCESS_KEY: 'canary-aws',
    CARGO_REGISTRY_TOKEN: 'canary-token',
    GITHUB_TOKEN: 'canary-github',
    SSH_AUTH_SOCK: '/tmp/canary-agent',
    RUST_LOG: 'trace-of-mine',
    RUST_BACKTRACE: 'full',
    SOURCE_DATE_EPOCH: '1700000000',
  };
  const ended = await made.boxed(['run', '--quiet'], { variables });
  assert.equal(ended.status, 0, ended.text);
  assert.doesNotMatch(ended.stdout, /canary/);
  assert.match(ended.stdout, /^RUST_LOG=trace-of-mine$/m);
  assert.match(ended.stdout, /^RUST_BACKTRACE=full$/m);
  assert.match(ended.stdout, /^SOURCE_DATE_EPOCH=1700000000$/m);
  assert.match(ended.stdout, /^HOME=\/box\/home$/m);
});

test('RUSTFLAGS of the host change the build, and are part of the identity', async (context) => {
  const made = project(
    context,
    plainProgram('flagged', 'fn main() { println!("{}", if cfg!(flagged) { "yes" } else { "no" }); }\n'),
  );
  assert.equal((await made.boxed(['run', '--quiet'])).stdout, 'no\n');
  const flagged = await made.boxed(['run', '--quiet'], { variables: { RUSTFLAGS: '--cfg flagged' } });
  assert.equal(flagged.stdout, 'yes\n', flagged.text);
  assert.equal((await made.boxed(['run', '--quiet'])).stdout, 'no\n');
});

test('env: in the configuration sets a variable', async (context) => {
  const made = project(context, { ...prints, 'cargo-boxed.yaml': 'env:\n  set:\n    GREETING: good day\n' });
  const ended = await made.boxed(['run', '--quiet']);
  assert.equal(ended.status, 0, ended.text);
  assert.match(ended.stdout, /^GREETING=good day$/m);
});

test('the home is empty, the project read-only, the root read-only, and there is no way out', async (context) => {
  const made = project(context, plainProgram('looks', 'fn main() {}\n'));
  const script = `ls -A "$HOME" | wc -l
touch here 2>/dev/null && echo project-writable
touch /usr/here 2>/dev/null && echo root-writable
grep -c : /proc/net/dev
( exec 3<>/dev/tcp/127.0.0.1/22 ) 2>/dev/null && echo reaches
t=$(mktemp) && printf '#!/bin/sh\\necho temp-runs\\n' > "$t" && chmod +x "$t" && "$t"
exit 0`;
  const ended = await made.boxed(['exec', '--', 'bash', '-c', script]);
  assert.equal(ended.status, 0, ended.text);
  assert.equal(ended.stdout, '0\n1\ntemp-runs\n');
});
