import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeCertificates } from '../../support/certificates.ts';
import { startProxy } from '../../support/connect-proxy.ts';
import { startRegistry } from '../../support/registry.ts';
import {
  type Ended,
  type Project,
  plainProgram,
  project,
  type RunOptions,
  temporaryFolder,
} from '../../support/rig.ts';

/** A project with a lock, and a docker configuration of its own. */
async function locked(
  context: TestContext,
): Promise<Project & { readonly docker: string; readonly options: RunOptions }> {
  const made = project(context, {
    ...plainProgram('plain', 'fn main() {}\n'),
    'cargo-boxed.yaml': 'layers: [bzip2]\n',
  });
  const docker = temporaryFolder(context, 'docker');
  const options = {
    variables: { DOCKER_CONFIG: docker, DOCKER_HOST: 'unix:///nowhere/docker.sock' },
    limitSeconds: 300,
  };
  const ended = await made.boxed(['lock'], options);
  assert.equal(ended.status, 0, ended.text);
  return { ...made, docker, options };
}

function dataOf(ended: Ended) {
  assert.equal(ended.status, 0, ended.text);
  return JSON.parse(ended.stdout);
}

const encode = (text: string) => Buffer.from(text).toString('base64');

test('what is pushed has the digest that the lock gives it, only what is new is sent, and it can be compared there', async (context) => {
  const registry = await startRegistry({ login: { name: 'me', password: 'se:cret' } });
  context.after(() => registry.stop());
  const made = await locked(context);
  const name = `${registry.address}/team/env`;

  const refused = await made.boxed(['image', 'push', `${name}:1`], made.options);
  assert.equal(refused.status, 75, refused.text);
  assert.match(refused.stderr, /there is no login for it[\s\S]*docker login 127\.0\.0\.1/);
  writeFileSync(
    join(made.docker, 'config.json'),
    JSON.stringify({ auths: { [registry.address]: { auth: encode('me:wrong') } } }),
  );
  const wrong = await made.boxed(['image', 'push', `${name}:1`], made.options);
  assert.equal(wrong.status, 75, wrong.text);
  assert.match(wrong.stderr, /does not take the login/);
  assert.ok(!wrong.text.includes('wrong'), 'no secret is shown');

  writeFileSync(
    join(made.docker, 'config.json'),
    JSON.stringify({ auths: { [registry.address]: { auth: encode('me:se:cret') } } }),
  );
  const pushed = dataOf(await made.boxed(['image', 'push', `${name}:1`, '--json'], made.options));
  const built = dataOf(await made.boxed(['image', 'build', '--output', 'oci:elsewhere', '--json'], made.options));
  assert.equal(pushed.reference, `${name}@${built.manifest}`);
  assert.equal(pushed.sent.length, built.layers.length + 1);
  assert.deepEqual(dataOf(await made.boxed(['image', 'push', name, '--json'], made.options)).sent, []);
  const checked = await made.boxed(['image', 'check', pushed.reference], made.options);
  assert.equal(checked.status, 0, checked.text);
  assert.equal((await made.boxed(['image', 'check', `registry:${name}:1`], made.options)).status, 0);
  const workflow = (...words: string[]) => made.boxed(['ci', 'gitlab', ...words], made.options);
  assert.equal((await workflow('--from', name)).status, 0);
  const there = await workflow('--check');
  assert.equal(there.status, 0, there.text);
  assert.match(there.stdout, /and the registry has its image/);
  assert.equal((await workflow('--from', `${registry.address}/team/none`)).status, 0);
  const absent = await workflow('--check');
  assert.equal(absent.status, 65, absent.text);
  assert.match(absent.stdout, /The registry does not have .*\/team\/none@sha256:.*image push/);

  writeFileSync(made.path('cargo-boxed.yaml'), 'layers: [acl, bzip2]\n');
  assert.equal((await made.boxed(['lock'], made.options)).status, 0);
  const differs = await made.boxed(['image', 'check', `${name}:1`], made.options);
  assert.equal(differs.status, 65, differs.text);
  assert.match(differs.stdout, /lacks the layer with layer acl/);
  // A credential helper of the user's own.
  const helper = temporaryFolder(context, 'helper');
  writeFileSync(
    join(helper, 'docker-credential-test'),
    '#!/bin/sh\ncat > /dev/null\necho \'{"Username":"me","Secret":"se:cret"}\'\n',
  );
  chmodSync(join(helper, 'docker-credential-test'), 0o755);
  writeFileSync(join(made.docker, 'config.json'), JSON.stringify({ credsStore: 'test' }));
  const missing = await made.boxed(['image', 'push', `${name}:2`], made.options);
  assert.match(missing.stderr, /docker-credential-test.*is not installed/);
  const path = `${helper}:${process.env.PATH}`;
  const more = await made.boxed(['image', 'push', `${name}:2`, '--json'], {
    ...made.options,
    variables: { ...made.options.variables, PATH: path },
  });
  assert.deepEqual(dataOf(more).sent, ['layer acl', 'state', 'the configuration']);
  // The same helper inside of the project is no program of ours.
  mkdirSync(made.path('bin'));
  writeFileSync(made.path('bin/docker-credential-test'), '#!/bin/sh\ntouch ran\n');
  chmodSync(made.path('bin/docker-credential-test'), 0o755);
  const inside = await made.boxed(['image', 'push', name], {
    ...made.options,
    variables: { ...made.options.variables, PATH: `${made.path('bin')}:${process.env.PATH}` },
  });
  assert.match(inside.stderr, /is not installed/);

  const gone = await made.boxed(['image', 'check', `${name}:none`], made.options);
  assert.notEqual(gone.status, 0);
  const none = await made.boxed(['image', 'push', 'team/env:1'], made.options);
  assert.equal(none.status, 64, none.text);
  assert.match(none.stderr, /names no registry/);
});

test('TLS holds, through a proxy too: an authority of the user, an unknown one, none at all, nobody there', async (context) => {
  const folder = temporaryFolder(context);
  const certificates = makeCertificates(folder, 'registry.test');
  const registry = await startRegistry({ tls: certificates.server });
  context.after(() => registry.stop());
  const plain = await startRegistry();
  context.after(() => plain.stop());
  const portOf = ({ address }: { readonly address: string }) => Number(address.split(':')[1]);
  const proxy = await startProxy({ 'registry.test': portOf(registry), 'plain.test': portOf(plain) });
  context.after(() => proxy.stop());
  const made = await locked(context);
  const push = (name: string, more: Record<string, string> = {}) =>
    made.boxed(['image', 'push', `${name}/env:1`], {
      ...made.options,
      variables: { ...made.options.variables, HTTPS_PROXY: proxy.url, ...more },
    });
  const foreign = await push('registry.test');
  assert.equal(foreign.status, 75, foreign.text);
  assert.match(foreign.stderr, /signed by nobody that this machine trusts[\s\S]*SSL_CERT_FILE/);
  const trusted = { SSL_CERT_FILE: certificates.authorityFile };
  const pushed = await push('registry.test', trusted);
  assert.equal(pushed.status, 0, pushed.text);
  assert.ok(proxy.requests().includes('CONNECT registry.test:443'));
  assert.equal((await push('other.test', trusted)).status, 75);
  const bare = await push('plain.test', trusted);
  assert.equal(bare.status, 75, bare.text);
  assert.match(bare.stderr, /speaks no TLS/);
  const closed = await push('127.0.0.1:1');
  assert.match(closed.stderr, /nothing listens there/);
});

/** A fake of a registry, for what a real one never does. */
async function fake(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  context.after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a registry that asks for a token gets one from where it says, and a login goes to no address without TLS', async (context) => {
  const made = await locked(context);
  const seen: string[] = [];
  const host = await fake(context, (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    const own = `http://${request.headers.host}`;
    if (request.url?.startsWith('/token') === true) return response.end(JSON.stringify({ token: 'abc' }));
    if (request.headers.authorization === undefined) {
      const realm = request.url?.includes('/stolen/') === true ? 'http://198.51.100.1/token' : `${own}/token`;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="s",scope="repository:x:pull"` });
      return response.end();
    }
    response.writeHead(404);
    return response.end();
  });
  writeFileSync(join(made.docker, 'config.json'), JSON.stringify({ auths: { [host]: { auth: encode('me:secret') } } }));
  const asked = await made.boxed(['image', 'check', `registry:${host}/env:1`], made.options);
  assert.equal(asked.status, 78, asked.text);
  assert.deepEqual(seen, [
    'GET /v2/env/manifests/1 -',
    `GET /token?service=s&scope=repository%3Ax%3Apull Basic ${encode('me:secret')}`,
    'GET /v2/env/manifests/1 Bearer abc',
  ]);
  const stolen = await made.boxed(['image', 'check', `registry:${host}/stolen/env:1`], made.options);
  assert.equal(stolen.status, 75, stolen.text);
  assert.match(stolen.stderr, /without TLS/);
});

test('what a registry says is not believed: another content, a flood, no end of redirections, words for a terminal', async (context) => {
  const made = await locked(context);
  const sum = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const config = JSON.stringify({ config: {}, rootfs: { diff_ids: [] } });
  const host = await fake(context, (request, response) => {
    const name = /\/v2\/(\w+)\//.exec(request.url ?? '')?.[1];
    if (name === 'other' && request.url?.includes('/blobs/') === true)
      return response.end('{"config":{"User":"root"}}');
    if (name === 'other') return response.end(JSON.stringify({ config: { digest: sum(config) } }));
    if (name === 'digest') return response.end('{}');
    if (name === 'round') return response.writeHead(307, { location: request.url }).end();
    if (name === 'words')
      return response.writeHead(500).end(JSON.stringify({ errors: [{ message: '\u001b]52;c;eA==\u0007' }] }));
    const flood = () => {
      while (!response.destroyed && response.write('x'.repeat(65536)));
    };
    response.on('drain', flood);
    return flood();
  });
  const check = (name: string) => made.boxed(['image', 'check', `registry:${host}/${name}`], made.options);
  const other = await check('other:1');
  assert.equal(other.status, 65, other.text);
  assert.match(other.stderr, /gives something else/);
  assert.match((await check(`digest@sha256:${'0'.repeat(64)}`)).stderr, /gives something else/);
  assert.match((await check('round:1')).stderr, /answered 307/);
  assert.match((await check('flood:1')).stderr, /larger than 4 MiB/);
  const words = await check('words:1');
  assert.equal(words.status, 75, words.text);
  assert.ok(!words.text.includes('\u001b]52'), 'nothing for the terminal');
});

test('a layout whose files are not what their names say is not the image of the lock', async (context) => {
  const made = await locked(context);
  const { layers } = dataOf(await made.boxed(['image', 'build', '--output', 'oci:out', '--json'], made.options));
  const state = made.path('out/blobs/sha256', layers.at(-1).sha256);
  rmSync(state);
  const gone = await made.boxed(['image', 'check', 'oci:out'], made.options);
  assert.equal(gone.status, 65, gone.text);
  assert.match(gone.stdout, /its file of state is not what its name says/);
  writeFileSync(state, 'something else');
  const other = await made.boxed(['image', 'check', 'oci:out'], made.options);
  assert.equal(other.status, 65, other.text);
});
