/** The caller's own descriptors: a box may read and write through them, and not open again what they lead to. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { cleanVariables, commandLine, plainProgram, project, run, temporaryFolder } from '../support/rig.ts';

const reopen = `use std::{fs::OpenOptions, io::{Read, Write}};
fn main() {
    for number in 0..3 {
        let path = format!("/proc/self/fd/{number}");
        if let Ok(mut file) = OpenOptions::new().append(true).open(&path) { let _ = file.write_all(b"planted\\n"); }
        let mut text = String::new();
        if let Ok(mut file) = OpenOptions::new().read(true).custom_flags(0o4000).open(&path) { let _ = file.read_to_string(&mut text); }
        if text.contains("canary") { println!("read by {number}"); }
    }
    println!("done");
}
`.replace('fs::OpenOptions, io', 'fs::OpenOptions, os::unix::fs::OpenOptionsExt, io');

test('a file for stdin is not written, and a log for stdout is neither read nor cut', async (context) => {
  const folder = temporaryFolder(context, 'streams');
  const [input, log, errors] = ['input', 'log', 'errors'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(input, 'the input\n');
  for (const file of [log, errors]) writeFileSync(file, 'canary of before\n');
  const made = project(context, plainProgram('reopens', reopen));
  const redirect = `exec "$@" <'${input}' >>'${log}' 2>>'${errors}'`;
  const ended = await made.boxed(['run', '--quiet'], { prefix: ['/bin/sh', '-c', redirect, 'sh'] });
  assert.equal(ended.status, 0, readFileSync(errors, 'utf8'));
  assert.equal(readFileSync(input, 'utf8'), 'the input\n');
  // Through a pipe what is "planted" comes out as any output does: behind what was there.
  for (const file of [log, errors]) {
    assert.match(readFileSync(file, 'utf8'), /^canary of before\n(planted\n)*(done\n)?$/);
  }
});

test('a folder for stdin is no way into the host', async (context) => {
  const folder = temporaryFolder(context, 'streams');
  writeFileSync(join(folder, 'secret'), 'canary of the host');
  const made = project(context, plainProgram('folder', 'fn main() {}\n'));
  const prefix = ['/bin/sh', '-c', `exec "$@" <'${folder}'`, 'sh'];
  const ended = await made.boxed(['exec', '--', 'sh', '-c', 'cat /proc/self/fd/0/secret /dev/stdin/secret; true'], {
    prefix,
    limitSeconds: 30,
  });
  assert.notEqual(ended.status, 70, ended.text);
  assert.doesNotMatch(ended.text, /canary/);
});

test('a program can open its output again by name, as shells and tee do', async (context) => {
  const folder = temporaryFolder(context, 'streams');
  const log = join(folder, 'log');
  const made = project(context, plainProgram('names', 'fn main() {}\n'));
  const script = 'echo one >/dev/stdout; echo two >/dev/stderr; readlink /proc/self/fd/1';
  const ended = await made.boxed(['exec', '--', 'sh', '-c', script], {
    prefix: ['/bin/sh', '-c', `exec "$@" >>'${log}' 2>>'${log}'`, 'sh'],
  });
  const text = readFileSync(log, 'utf8');
  assert.equal(ended.status, 0, text);
  assert.match(text, /^one$/m);
  assert.match(text, /^two$/m);
  assert.ok(!text.includes(folder), 'and finds no path of the host in it');
});

test('what a shell left open is no way into the host, with pipes and on a terminal', async (context) => {
  const folder = temporaryFolder(context, 'streams');
  writeFileSync(join(folder, 'secret'), 'canary of the host');
  const made = project(context, plainProgram('left-open', 'fn main() {}\n'));
  const look = 'cat /proc/self/fd/7/secret /proc/self/fd/8; echo looked';
  const command = `exec 7<'${folder}' 8<'${folder}/secret'; cat <&8; exec '${process.execPath}' '${commandLine}' exec -- sh -c '${look}'`;
  for (const argv of [
    ['/bin/sh', '-c', command],
    ['script', '--quiet', '--return', '--command', command, '/dev/null'],
  ]) {
    const ended = await run(argv, { currentFolder: made.folder, variables: cleanVariables() });
    assert.match(ended.text, /looked/);
    // Once by the shell on the host, where it is open: the attack works when nothing stops it.
    assert.equal(ended.text.split('canary of the host').length, 2, ended.text);
  }
});
