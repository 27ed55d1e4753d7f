import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lockDrift } from '../../../src/lock/lock-drift.ts';
import { planInputs } from '../../support/plan-inputs.ts';

describe('lockDrift', () => {
  it('finds none between what is pinned and the same wish', async () => {
    const { config, pins, facts } = await planInputs();
    assert.deepEqual(lockDrift(config, pins, facts, 'f'), []);
  });

  it('names another suite, other layers, another image and another toolchain', async () => {
    const { config, pins, facts } = await planInputs();
    const drifts = (change: Parameters<typeof lockDrift>) => lockDrift(...change).map(({ code, what }) => [code, what]);
    const suite = { ...config, suite: { ...config.suite, value: 'trixie' as const } };
    assert.match(String(drifts([suite, pins, facts, 'f'])), /lock-outdated,.*bookworm.*trixie/);
    const layers = { ...config, layers: { ...config.layers, value: ['openssl'] } };
    assert.match(String(drifts([layers, pins, facts, 'f'])), /layers \[\], not \[openssl\]/);
    const toolchain = { name: 'stable', version: '1.90.0', manifestSha256: '0'.repeat(64), components: [] };
    assert.match(String(drifts([config, { ...pins, toolchain }, facts, 'f'])), /1\.90\.0.*1\.95\.0/);
    const odd = { ...pins, toolchain: { ...toolchain, version: '1.0$(id)' } };
    const [drift] = lockDrift(config, odd, facts, 'f');
    assert.equal(drift?.fix, 'Run `cargo-boxed lock`.');
    const elsewhere = { ...facts, host: { ...facts.host, architecture: 'aarch64' as const } };
    const [machine] = lockDrift(config, pins, elsewhere, 'f');
    assert.match(machine?.what ?? '', /pins Debian bookworm for amd64, and this machine is arm64/);
    const image = (await planInputs({ flags: { image: 'registry.example/rust:2', environment: 'image' } })).config;
    assert.match(String(drifts([image, pins, facts, 'f'])), /rust:1, not .*rust:2/);
  });
});
