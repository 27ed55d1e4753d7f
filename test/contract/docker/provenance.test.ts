import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { goProgram } from '../../support/go-program.ts';
import { pythonProgram } from '../../support/python-program.ts';
import { startRegistry } from '../../support/registry.ts';
import { type Ended, plainProgram, project, temporaryFolder } from '../../support/rig.ts';

function dataOf(ended: Ended) {
  assert.equal(ended.status, 0, ended.text);
  return JSON.parse(ended.stdout);
}

test('provenance and bill of materials say what an image is made of, the same each time; SPDX’s own program takes it; cosign signs both with a key', async (context) => {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() {}\n'),
    'cargo-boxed.yaml': 'layers: [bzip2]\n',
  });
  const options = { variables: { DOCKER_CONFIG: temporaryFolder(context) }, limitSeconds: 300 };
  assert.equal((await made.boxed(['lock'], options)).status, 0);
  const build = () => made.boxed(['image', 'build', '--provenance', '--json'], options);
  const { provenance, manifest } = dataOf(await build());
  const text = readFileSync(provenance, 'utf8');
  assert.equal(readFileSync(dataOf(await build()).provenance, 'utf8'), text);
  const statement = JSON.parse(text);
  assert.equal(statement._type, 'https://in-toto.io/Statement/v1');
  assert.equal(`sha256:${statement.subject[0].digest.sha256}`, manifest);
  const { buildDefinition } = statement.predicate;
  const lock = createHash('sha256').update(made.read('cargo-boxed.lock')).digest('hex');
  assert.equal(buildDefinition.externalParameters.lock.digest.sha256, lock);
  const packages = buildDefinition.resolvedDependencies.filter(({ uri }: { uri: string }) =>
    uri.startsWith('pkg:deb/'),
  );
  assert.ok(packages.length > 100 && packages.every((one: { digest?: object }) => one.digest !== undefined));
  assert.equal((await made.boxed(['image', 'push', '127.0.0.1:1/a', '--provenance'], options)).status, 64);

  // SPDX's own program takes our bill of materials, and not one that lacks something. A lock is enough for it.
  const crates = [
    '[[package]]\nname = "leaf"\nversion = "1.0.0"\nsource = "registry+https://registry.example.com/index"',
    `checksum = "${'a'.repeat(64)}"`,
    '[[package]]\nname = "from-git"\nversion = "0.3.0"',
    `source = "git+https://git.example.com/team/one?branch=main#${'c'.repeat(40)}"\n`,
  ];
  writeFileSync(made.path('Cargo.lock'), `${made.read('Cargo.lock')}\n${crates.join('\n')}`);
  const { bill } = dataOf(await made.boxed(['image', 'build', '--sbom', 'spdx', '--json'], options));
  const validate = () => spawnSync(pythonProgram('pyspdxtools'), ['--infile', bill], { encoding: 'utf8' });
  const valid = validate();
  assert.equal(valid.status, 0, valid.stderr);
  const document = readFileSync(bill, 'utf8');
  assert.match(document, /git\+https:\/\/git\.example\.com\/team\/one@c{40}/);
  writeFileSync(bill, document.replace('"SPDXRef-Project"', '"SPDXRef-Other"'));
  const broken = validate();
  assert.equal(broken.status, 1);
  assert.match(broken.stderr, /SPDXRef-Project/);

  const registry = await startRegistry();
  context.after(() => registry.stop());
  const name = `${registry.address}/team/env`;
  const without = await made.boxed(['image', 'push', name, '--sign', 'cosign.key'], {
    ...options,
    variables: { ...options.variables, PATH: '/usr/bin:/bin' },
  });
  assert.match(without.stderr, /cosign is not installed/);
  const cosign = goProgram('cosign');
  const keys = temporaryFolder(context, 'keys');
  const environment = { ...process.env, HOME: keys, COSIGN_PASSWORD: 'a password' };
  const run = (...words: string[]) => execFileSync(cosign, words, { cwd: keys, env: environment, encoding: 'utf8' });
  run('generate-key-pair');
  const variables = {
    ...options.variables,
    COSIGN_PASSWORD: 'a password',
    PATH: `${dirname(cosign)}:${process.env.PATH}`,
  };
  const sign = (key: string, more: Record<string, string> = {}) =>
    made.boxed(['image', 'push', name, '--sign', key, '--json'], {
      ...options,
      variables: { ...variables, ...more },
    });
  const wrong = await sign(join(keys, 'cosign.key'), { COSIGN_PASSWORD: 'another' });
  assert.equal(wrong.status, 75, wrong.text);
  const signed = dataOf(await sign(join(keys, 'cosign.key')));
  const common = ['--key', 'cosign.pub', '--insecure-ignore-tlog=true', '--allow-http-registry'];
  run('verify', ...common, signed.reference);
  const attested = run('verify-attestation', '--type', 'slsaprovenance1', ...common, signed.reference);
  const payload = JSON.parse(Buffer.from(JSON.parse(attested.split('\n')[0] ?? '').payload, 'base64').toString());
  assert.deepEqual(payload.predicate.buildDefinition.externalParameters, buildDefinition.externalParameters);
});
