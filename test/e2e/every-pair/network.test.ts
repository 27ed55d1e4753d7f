import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { makeCertificates } from '../../support/certificates.ts';
import { startProxy } from '../../support/connect-proxy.ts';
import { startRegistry } from '../../support/registry-stand-in.ts';
import { type Project, project, temporaryFolder } from '../../support/rig.ts';
import { expectProblem } from '../bad-input/expect-problem.ts';

/** A program that prints what its one crate from `index` says. */
function uses(context: TestContext, index: string): Project {
  return project(context, {
    'Cargo.toml':
      '[package]\nname = "uses"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nleaf = { version = "1", registry = "near" }\n',
    '.cargo/config.toml': `[registries.near]\nindex = "${index}"\n`,
    'src/main.rs': 'fn main() { println!("{}", leaf::answer()); }\n',
  });
}

const leaf = { name: 'leaf', version: '1.0.0', files: { 'src/lib.rs': 'pub fn answer() -> u32 { 42 }\n' } };

/** Nothing of the machine's own proxies. */
const noProxies = Object.fromEntries(
  ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [
    [name, undefined],
    [name.toUpperCase(), undefined],
  ]),
);

test('a registry behind a proxy that only the host reaches, with a certificate that only the user’s bundle knows', async (context) => {
  const folder = temporaryFolder(context, 'authority');
  const { authorityFile, server } = makeCertificates(folder, 'registry.invalid');
  const registry = await startRegistry({ name: 'registry.invalid', tls: server });
  context.after(() => registry.stop());
  await registry.publish(leaf);
  const proxy = await startProxy({ 'registry.invalid': registry.port });
  context.after(() => proxy.stop());
  const made = uses(context, registry.index);

  const byVariables = { ...noProxies, https_proxy: proxy.url, CARGO_HTTP_CAINFO: authorityFile };
  const ended = await made.boxed(['run', '--quiet'], { variables: byVariables });
  assert.equal(ended.stdout, '42\n', ended.text);
  assert.ok(proxy.requests().includes('CONNECT registry.invalid:443'), proxy.requests().join('\n'));

  const distrusted = await uses(context, registry.index).boxed(['build'], {
    variables: { ...byVariables, CARGO_HTTP_CAINFO: undefined, CARGO_NET_RETRY: '0' },
  });
  assert.equal(distrusted.status, 75, distrusted.text);
  assert.match(distrusted.stderr, /registry\.invalid.*certificate/s);

  const cargoHome = join(folder, 'cargo');
  mkdirSync(cargoHome);
  writeFileSync(join(cargoHome, 'config.toml'), `[http]\nproxy = "${proxy.url}"\ncainfo = "${authorityFile}"\n`);
  const before = proxy.requests().length;
  const byFile = await uses(context, registry.index).boxed(['run', '--quiet'], {
    variables: { ...noProxies, CARGO_HTTP_CAINFO: undefined, SSL_CERT_FILE: undefined, CARGO_HOME: cargoHome },
  });
  assert.equal(byFile.stdout, '42\n', byFile.text);
  assert.ok(proxy.requests().length > before);
  const second = await uses(context, registry.index).boxed(['fetch'], {
    variables: {
      ...noProxies,
      http_proxy: 'http://127.0.0.1:9',
      https_proxy: proxy.url,
      SSL_CERT_FILE: authorityFile,
      CARGO_HTTP_CAINFO: undefined,
    },
  });
  assert.equal(second.status, 0, second.text);
});

test('a certificate that is out of date by this machine’s clock: the clock is named', async (context) => {
  const folder = temporaryFolder(context, 'authority');
  const { authorityFile, server } = makeCertificates(folder, 'registry.invalid', -1);
  const registry = await startRegistry({ name: 'registry.invalid', tls: server });
  context.after(() => registry.stop());
  const proxy = await startProxy({ 'registry.invalid': registry.port });
  context.after(() => proxy.stop());
  const variables = { ...noProxies, https_proxy: proxy.url, CARGO_HTTP_CAINFO: authorityFile, CARGO_NET_RETRY: '0' };
  const ended = await uses(context, registry.index).boxed(['build'], { variables });
  expectProblem(ended, 75, /registry\.invalid/, /clock/);
});

test('without a proxy that knows the name: what was needed and from where, and nothing is written', async (context) => {
  const made = uses(context, 'sparse+https://registry.invalid/index/');
  const ended = await made.boxed(['build'], { variables: { ...noProxies, CARGO_NET_RETRY: '0' } });
  expectProblem(
    ended,
    75,
    /leaf could not be fetched from https:\/\/registry\.invalid\/index\/config\.json/,
    /resolve/,
  );
  assert.ok(!existsSync(made.path('Cargo.lock')));
});

const nothing = (response: ServerResponse) => void response.flushHeaders();
const trickle = (response: ServerResponse, found: Buffer) => {
  response.writeHead(200, { 'Content-Length': found.length });
  let sent = 0;
  const timer = setInterval(() => response.write(found.subarray(sent, ++sent)), 500);
  response.once('close', () => clearInterval(timer));
};

test('a server that trickles: limits of time and of silence hold while fetching too', async (context) => {
  const registry = await startRegistry();
  context.after(() => registry.stop());
  await registry.publish(leaf);
  registry.disturb(/^\/dl\//, trickle);
  const made = uses(context, registry.index);
  const patient = { ...noProxies, CARGO_HTTP_TIMEOUT: '120', CARGO_HTTP_LOW_SPEED_LIMIT: '1' };
  const slow = await made.boxed(['--limit', 'time=4s', 'build'], { variables: patient, limitSeconds: 60 });
  assert.equal(slow.status, 124, slow.text);
  assert.match(slow.stderr, /fetching ran for 4s.*--limit time=VALUE/s);
  const silent = await made.boxed(['--limit', 'silence=3s', 'fetch'], { variables: patient, limitSeconds: 60 });
  assert.equal(silent.status, 124, silent.text);
  assert.match(silent.stderr, /--limit silence=VALUE/);
  registry.calm();
  const next = await made.boxed(['--limit', 'silence=60s', 'run', '--quiet'], { variables: patient });
  assert.equal(next.stdout, '42\n', next.text);
});

for (const [what, path, answer, status, ...words] of [
  [
    '404 for an archive',
    /^\/dl\//,
    refuse(404),
    75,
    /leaf 1\.0\.0 could not be fetched from http:\S+\/dl\/\S+/,
    /got 404/,
  ],
  ['500 for an archive', /^\/dl\//, refuse(500), 75, /leaf 1\.0\.0 could not be fetched from http/, /got 500/],
  [
    '503 for the index',
    /config\.json/,
    refuse(503),
    75,
    /leaf could not be fetched from http:\S+config\.json/,
    /got 503/,
  ],
  ['404 for a crate', /af\/leaf$/, refuse(404), 78, /no matching package named `leaf`/],
  ['a page in the place of an index', /af\/leaf$/, page, 78, /no matching package named `leaf`/],
  ['a page in the place of its configuration', /config\.json/, page, 75, /leaf could not be fetched/],
  ['half an archive', /^\/dl\//, half, 65, /leaf v1\.0\.0.* is not the crate that Cargo\.lock names/],
  ['an archive that breaks off', /^\/dl\//, broken, 75, /leaf 1\.0\.0 could not be fetched from http/, /partial file/],
  ['silence', /^\/dl\//, nothing, 75, /leaf 1\.0\.0 could not be fetched from http/, /CARGO_HTTP_TIMEOUT/],
] as const) {
  test(`${what}: said, nothing is kept of it, and the next command works`, async (context) => {
    const registry = await startRegistry();
    context.after(() => registry.stop());
    await registry.publish(leaf);
    registry.disturb(path, answer);
    const made = uses(context, registry.index);
    const variables = { ...noProxies, CARGO_NET_RETRY: '0', CARGO_HTTP_TIMEOUT: '3' };
    const ended = await made.boxed(['build'], { variables });
    expectProblem(ended, status, ...words);
    assert.ok((ended.stderr.match(/^error: /gm) ?? []).length <= 1, `cargo's words come once: ${ended.text}`);
    assert.ok(!existsSync(made.path('Cargo.lock')));
    registry.calm();
    const next = await made.boxed(['run', '--quiet'], { variables });
    assert.equal(next.stdout, '42\n', next.text);
  });
}

function refuse(status: number): (response: ServerResponse) => void {
  return (response) => void response.writeHead(status).end();
}

function page(response: ServerResponse): void {
  response.end('<html><body>Please log in</body></html>');
}

function half(response: ServerResponse, found: Buffer): void {
  response.end(found.subarray(0, found.length / 2));
}

function broken(response: ServerResponse, found: Buffer): void {
  response.writeHead(200, { 'Content-Length': found.length });
  response.write(found.subarray(0, found.length / 2), () => response.destroy());
}

for (const [what, path] of [
  ['the index', /af\/leaf$/],
  ['an archive', /^\/dl\//],
] as const) {
  test(`killed while it waits for ${what}: the next command works`, async (context) => {
    const registry = await startRegistry();
    context.after(() => registry.stop());
    await registry.publish(leaf);
    registry.disturb(path, nothing);
    const made = uses(context, registry.index);
    const ended = await made.boxed(['build'], {
      variables: noProxies,
      onStart(command) {
        const timer = setInterval(() => {
          if (!registry.requests().some((request) => path.test(request.path))) return;
          clearInterval(timer);
          command.kill('SIGKILL');
        }, 20);
      },
    });
    assert.equal(ended.signal, 'SIGKILL', ended.text);
    registry.calm();
    const next = await made.boxed(['run', '--quiet'], { variables: noProxies });
    assert.equal(next.stdout, '42\n', next.text);
  });
}
