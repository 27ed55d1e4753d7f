import assert from 'node:assert/strict';
import test from 'node:test';
import { fixedOutput } from '../../../../src/environment/nix/judge-fetches.ts';

const path = (name: string) => `/nix/store/${'0'.repeat(32)}-${name}`;
const tail = ',[],[],"x86_64-linux","/bin/sh",[],[("outputHash","x")])';

test('an output that is fixed is known by its name and sum, and nothing is taken for one that is not', () => {
  const sum = 'a'.repeat(64);
  const derive = (outputs: string) => fixedOutput(`Derive([${outputs}]${tail}`);
  assert.equal(derive(`("out","${path('a.tar.gz')}","sha256","${sum}")`), `a.tar.gz:sha256:${sum}`);
  assert.equal(derive(`("out","${path('source')}","r:sha256","${sum}")`), `source:sha256:${sum}`);
  assert.equal(derive(`("out","${path('a')}","","")`), null);
  assert.equal(derive(`("dev","${path('a-dev')}","",""),("out","${path('a')}","","")`), null);
  assert.equal(derive(`("dev","${path('a-dev')}","",""),("out","${path('a')}","sha1","b")`), 'a:sha1:b');
  for (const broken of ['', 'Derive(', 'DrvWithVersion("x",[("out"', `Derive([("out","${path('a')}",`]) {
    assert.equal(fixedOutput(broken), 'unreadable', broken);
  }
});
