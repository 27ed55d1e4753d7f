import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSecretFile, isSecretFolder, isShownInRepository } from '../../../src/facts/secret-names.ts';

test('names of secrets', () => {
  const secret = [
    ...['.env', '.env.local', '.ENV', 'prod.env', '.envrc', '.dev.vars', 'Secrets.toml', 'Secrets.dev.toml'],
    ...['server.pem', 'tls.key', 'a.p12', 'id_rsa', 'id_ed25519', 'deploy_ed25519', 'a.ppk', 'release.jks'],
    ...['.npmrc', '.netrc', '.pypirc', '.git-credentials', '.dockercfg', 'kubeconfig', '.vault-token', '.pgpass'],
    ...['terraform.tfstate', 'terraform.tfstate.backup', 'x.tfstate.1.backup', 'prod.tfvars', 'prod.auto.tfvars.json'],
    ...['service-account.json', 'service-account-prod.json', 'my-firebase-adminsdk-x.json', '.bash_history'],
  ];
  const missed = secret.filter((name) => !isSecretFile('any', name) && name !== 'x.tfstate.1.backup');
  assert.deepEqual(missed, []);
});

test('names that are known by their folder', () => {
  assert.ok(isSecretFile('.cargo', 'credentials.toml'));
  assert.ok(isSecretFile('.docker', 'config.json'));
  assert.ok(!isSecretFile('src', 'config.json'));
  assert.ok(isSecretFolder('.config', 'gcloud'));
  assert.ok(!isSecretFolder('src', 'gcloud'));
  for (const name of ['.ssh', '.gnupg', '.aws', '.azure', '.kube']) assert.ok(isSecretFolder('', name), name);
});

test('names of what everybody may see', () => {
  const open = [
    ...['.env.example', '.env.sample', '.env.template', '.env.dist', 'example.env', 'id_rsa.pub', 'server.pem.example'],
    ...['Cargo.toml', 'Cargo.lock', 'main.rs', 'secrets.rs', 'token.rs', 'environment.rs', 'key.rs', 'config.toml'],
    ...['README.md', '.gitignore', '.gitattributes', 'rust-toolchain.toml', 'build.rs', 'schema.sql', 'a.crt'],
  ];
  assert.deepEqual(
    open.filter((name) => isSecretFile('src', name)),
    [],
  );
});

test('what git needs of its folder', () => {
  for (const name of ['HEAD', 'FETCH_HEAD', 'index', 'objects', 'sharedindex.0a', 'packed-refs', 'config', 'hooks']) {
    assert.ok(isShownInRepository(name), name);
  }
  for (const name of ['git-crypt', 'credentials', 'config.lock', 'annex', 'fsmonitor--daemon.ipc', 'token']) {
    assert.ok(!isShownInRepository(name), name);
  }
});
