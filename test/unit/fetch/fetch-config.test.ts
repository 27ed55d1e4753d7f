import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetchConfig } from '../../../src/fetch/fetch-config.ts';
import { fetchVariables } from '../../../src/fetch/fetch-variables.ts';
import { registryTokens } from '../../../src/fetch/registry-tokens.ts';
import { tomlText } from '../../../src/fetch/toml-text.ts';
import { cargoConfig, toml } from './support.ts';

const programs = `
paths = ["/elsewhere"]
include = ["other.toml"]
[build]
rustc = "./evil"
rustc-wrapper = "./evil"
[target.x86_64-unknown-linux-gnu]
runner = "./evil"
linker = "./evil"
[registry]
global-credential-providers = ["./evil"]
credential-provider = "./evil"
token = "t"
[registries.mine]
index = "sparse+http://example.invalid/"
credential-provider = ["./evil"]
token = "t"
[credential-alias]
it = ["./evil"]
[net]
git-fetch-with-cli = true
[http]
cainfo = "/home/secret"
debug = true
[doc]
browser = "./evil"
[env]
X = "y"
[alias]
fetch = "run"
[__proto__]
x = 1
[source.constructor]
registry = "https://example.invalid"
replace-with = "__proto__"
`;

test('what names a program, a token or a file of the host does not pass, from nobody', () => {
  for (const config of [cargoConfig(programs), cargoConfig('', programs)]) {
    const { home, project } = fetchConfig(config);
    const text = tomlText(home) + tomlText(project);
    assert.doesNotMatch(text, /evil|secret|"t"|browser|alias|include|elsewhere/);
    assert.match(text, /\["registries"\."mine"\]\n"index" = "sparse\+http:\/\/example\.invalid\/"/);
    assert.match(text, /"global-credential-providers" = \["cargo:token"\]/);
  }
});

test('the network is the user’s to set, sources are everybody’s', () => {
  const text =
    '[net]\nretry = 5\n[http]\nproxy = "p"\ntimeout = 3\n[source.a]\ndirectory = "vendor"\n[patch.b.c]\npath = "../c"\n';
  assert.deepEqual(Object.keys(fetchConfig(cargoConfig(text)).project).sort(), ['patch', 'source']);
  assert.equal(Object.hasOwn(fetchConfig(cargoConfig(text)).home, 'http'), false);
  // The git that this starts is the one of our own root.
  const byGit = '[net]\ngit-fetch-with-cli = true\n';
  assert.deepEqual(Object.keys(fetchConfig(cargoConfig(byGit)).project), []);
  assert.match(tomlText(fetchConfig(cargoConfig('', byGit)).home), /"git-fetch-with-cli" = true/);
  const { home } = fetchConfig(cargoConfig('', text));
  assert.deepEqual(toml(tomlText(home)).http, toml('proxy = "p"\ntimeout = 3'));
});

test('wrong types do not pass', () => {
  const { project } = fetchConfig(cargoConfig('[source]\na = "text"\n[source.b]\nregistry = ["x"]\n'));
  assert.deepEqual(Object.keys(project), []);
});

test('a token goes where the user says, by name, and nowhere else', () => {
  const credentials = toml(
    '[registries.mine]\ntoken = "one"\n[registries.theirs]\ntoken = "two"\n[registry]\ntoken = "main"\n',
  );
  const index = (name: string, at: string) => `[registries.${name}]\nindex = "${at}"\n`;
  const given = (project: string, user: string, variables = {}) => {
    const { credentials: picked, withheld } = registryTokens(cargoConfig(project, user), credentials, variables);
    return [tomlText(picked).match(/"token" = "(\w+)"/)?.[1] ?? null, withheld];
  };
  assert.deepEqual(given('', index('mine', 'a')), ['one', []]);
  assert.deepEqual(given(index('mine', 'a'), index('mine', 'a')), ['one', []]);
  assert.deepEqual(given(index('mine', 'b'), index('mine', 'a')), [null, ['mine']]);
  assert.deepEqual(given(index('mine', 'b'), ''), [null, ['mine']]);
  assert.deepEqual(given(index('mine', 'b'), '', { CARGO_REGISTRIES_MINE_INDEX: 'a' }), ['one', []]);
  assert.deepEqual(given('', index('mine', 'a'), { CARGO_REGISTRIES_MINE_TOKEN: 'new' }), ['new', []]);
  assert.deepEqual(given('', ''), [null, []]);
});

test('the fetch box’s environment is made from nothing', () => {
  const host = {
    PATH: '/evil',
    HTTPS_PROXY: 'p',
    CARGO_REGISTRY_TOKEN: 't',
    CARGO_REGISTRIES_A_TOKEN: 't',
    CARGO_REGISTRIES_A_INDEX: 'i',
    RUSTC: './evil',
    CARGO_NET_GIT_FETCH_WITH_CLI: 'true',
    CARGO_HTTP_CAINFO: '/x',
  };
  const variables = fetchVariables(
    host,
    {},
    {
      cargoHome: '/box/cargo-of-this-run',
      certificates: true,
      sshAgent: false,
      offline: false,
      progressColumns: 80,
      color: false,
    },
  );
  assert.deepEqual(
    Object.keys(variables).filter((name) => /TOKEN|RUSTC/.test(name)),
    [],
  );
  assert.deepEqual(
    [variables.HTTPS_PROXY, variables.CARGO_REGISTRIES_A_INDEX, variables.CARGO_HTTP_CAINFO],
    ['p', 'i', '/box/certificates.pem'],
  );
  assert.doesNotMatch(variables.PATH ?? '', /evil/);
  assert.equal(variables.GIT_ALLOW_PROTOCOL, 'git:http:https:ssh');
});
