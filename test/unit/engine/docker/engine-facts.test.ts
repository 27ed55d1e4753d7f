import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonApi, compareVersions, engineFacts, engineReport } from '../../../../src/engine/docker/engine-facts.ts';

const info = { MemoryLimit: true, SwapLimit: true, PidsLimit: true, CpuCfsQuota: true, SecurityOptions: ['seccomp'] };
const version = { Version: '20.10.24', ApiVersion: '1.41', MinAPIVersion: '1.12' };

test('versions compare by number', () => {
  assert.ok(compareVersions('1.9', '1.41') < 0);
  assert.ok(compareVersions('1.52', '1.5') > 0);
  assert.equal(compareVersions('1.41', '1.41.0'), 0);
});

test('the version that both sides speak', () => {
  assert.equal(commonApi({ apiVersion: '1.40', minimumApiVersion: '1.12' }), null);
  assert.equal(commonApi({ apiVersion: '1.41', minimumApiVersion: '1.12' }), '1.41');
  assert.equal(commonApi({ apiVersion: '1.52', minimumApiVersion: '1.24' }), '1.44');
  assert.equal(commonApi({ apiVersion: '1.60', minimumApiVersion: '1.50' }), '1.50');
});

test('rootless, remapped and Podman are recognised', () => {
  const rootless = engineFacts(version, {
    ...info,
    SecurityOptions: ['name=seccomp,profile=default', 'name=rootless'],
  });
  assert.equal(rootless.userNamespace, 'rootless');
  assert.equal(rootless.seccomp, true);
  assert.equal(engineFacts(version, { ...info, SecurityOptions: ['name=userns'] }).userNamespace, 'remapped');
  const podman = engineFacts({ ...version, Components: [{ Name: 'Podman Engine' }] }, info);
  assert.equal(podman.product, 'podman');
  assert.equal(engineFacts(version, { ...info, Rootless: true }).userNamespace, 'rootless');
});

test('what is not held is said with its reason', () => {
  const whole = engineReport(engineFacts(version, info), '/s');
  assert.deepEqual(Object.keys(whole.gaps).sort(), ['user-namespace']);
  const less = engineReport(engineFacts(version, { ...info, SwapLimit: false, PidsLimit: false }), '/s');
  assert.ok(!less.enforces.has('memory-limit'));
  assert.match(less.gaps['process-limit'] ?? '', /process limit/);
  const podman = engineFacts({ ...version, Components: [{ Name: 'Podman Engine' }] }, info);
  assert.ok(!engineReport(podman, '/s').enforces.has('disk-limit'));
  const old = engineReport(engineFacts(version, info), '/s', 'needs another kernel');
  assert.ok(whole.enforces.has('build-script-walls') && !old.enforces.has('build-script-walls'));
  assert.equal(old.gaps['build-script-walls'], 'needs another kernel');
});
