import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import {
  cleanVariables,
  engine,
  plainProgram,
  project,
  run,
  sharedHome,
  temporaryFolder,
  tree,
} from '../support/rig.ts';

test('npm pack gives a package that installs into an empty folder and works there', async (context) => {
  const folder = temporaryFolder(context, 'package');
  const certificates = process.env.SSL_CERT_FILE;
  const variables = {
    ...cleanVariables(),
    HOME: folder,
    npm_config_cache: join(folder, 'cache'),
    ...(certificates === undefined ? {} : { npm_config_cafile: certificates }),
  };
  // The bundle is there already; building it again would race with other tests that run it.
  const packed = await run(['npm', 'pack', '--ignore-scripts', '--pack-destination', folder, '--json'], {
    currentFolder: tree,
    variables,
  });
  assert.equal(packed.status, 0, packed.text);
  const [{ filename, files }] = JSON.parse(packed.stdout);
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  assert.ok(paths.includes('dist/cargo-boxed.cjs'));
  assert.deepEqual(
    paths.filter((path) => /^(src|test|\.ci|\.github)\//.test(path)),
    [],
  );
  const install = ['npm', 'install', '--no-audit', '--no-fund', '--prefix', folder, join(folder, filename)];
  const installed = await run(install, { currentFolder: folder, variables });
  assert.equal(installed.status, 0, installed.text);
  const program = join(folder, 'node_modules/.bin/cargo-boxed');
  assert.ok(existsSync(program));

  const made = project(context, plainProgram('packaged', 'fn main() { println!("packaged"); }\n'));
  const boxedVariables = { ...variables, CARGO_BOXED_HOME: sharedHome, CARGO_BOXED_ENGINE: engine };
  // What a plan has compiled is not what a build needs: a build that began with its code would be slow for ever.
  const planned = await run([program, 'plan', 'build'], { currentFolder: made.folder, variables: boxedVariables });
  assert.equal(planned.status, 0, planned.text);
  const bundles = readdirSync(join(folder, 'node_modules/cargo-boxed/dist'));
  assert.ok(bundles.includes('commands.cjs'));
  assert.deepEqual(
    bundles.filter((name) => name.startsWith('.code-main-boxed')),
    [],
  );
  const ran = await run([program, 'run', '--quiet'], { currentFolder: made.folder, variables: boxedVariables });
  assert.equal(ran.status, 0, ran.text);
  assert.equal(ran.stdout, 'packaged\n');
  // As cargo starts it: `cargo boxed …`.
  const asSubcommand = await run([program, 'boxed', 'run', '--quiet'], {
    currentFolder: made.folder,
    variables: boxedVariables,
  });
  assert.equal(asSubcommand.stdout, 'packaged\n', asSubcommand.text);
});
