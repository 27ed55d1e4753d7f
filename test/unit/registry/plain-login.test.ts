import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { plainLogin } from '../../../src/registry/plain-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'boxed-login-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const encode = (text: string) => Buffer.from(text).toString('base64');

test('a registry gets its own login and no other', () => {
  const auths = {
    'registry.test:5000': { auth: encode('me:pass:word') },
    'https://other.test/v1/': { auth: encode('hub:secret') },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }));
  assert.deepEqual(plainLogin(folder, 'registry.test:5000/team/rust:1'), {
    username: 'me',
    password: 'pass:word',
    serveraddress: 'registry.test:5000',
  });
  assert.equal(plainLogin(folder, 'elsewhere.test/rust:1'), null);
  assert.equal(plainLogin(folder, 'rust:1')?.username, 'hub');
});

test('no configuration or a broken one is no login', () => {
  assert.equal(plainLogin(join(folder, 'absent'), 'rust'), null);
  writeFileSync(join(folder, 'config.json'), '{"auths": [');
  assert.equal(plainLogin(folder, 'rust'), null);
});
