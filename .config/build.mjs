// Bundles the command line into dist/main.cjs, which dist/cargo-boxed.cjs starts. What is imported by `import()` becomes a bundle of its own that
// is loaded only when it is needed: a no-op build must not pay for the Docker client or the YAML parser at start-up.
// Commands are the exception: they are evaluated late, but stand in the main bundle.
// A lazy bundle gets its own copy of the small modules it shares, so no module may hold state or rely on `instanceof`.
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { tsImport } from 'tsx/esm/api';
import { lighterLibraries } from './lighter-libraries.mjs';

const outdir = process.argv[2] ?? 'dist';
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const lazyEntries = new Map();
const bundled = new Set();

const lazyImports = {
  name: 'lazy-imports',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.{1,2}\// }, (request) => {
      if (request.kind !== 'dynamic-import') return undefined;
      const file = resolve(request.resolveDir, request.path);
      const folder = basename(resolve(file, '..'));
      // A command shares nearly all of its modules with the others: it stays inside, evaluated when it is called.
      if (folder === 'commands') return undefined;
      const name = `${folder}-${basename(file).replace(/\.ts$/, '')}`;
      lazyEntries.set(name, file);
      return { path: `./${name}.cjs`, external: true };
    });
  },
};

const options = (name, file) => ({
  entryPoints: { [name]: file },
  outdir,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // A real import() in a CommonJS bundle would start Node's loader of ES modules: some 30 ms for nothing.
  supported: { 'dynamic-import': false },
  minify: true,
  // What src/launch.cjs relies on.
  charset: 'ascii',
  keepNames: false,
  legalComments: 'linked',
  // Its other form loads its parts by `require` at run time, where no bundler sees them.
  alias: { 'jsonc-parser': resolve('node_modules/jsonc-parser/lib/esm/main.js') },
  external: ['@lydell/node-pty'],
  // Its first URL costs a process up to 8 ms, and only who starts a thread needs one.
  banner: { js: "Object.defineProperty(module,'url',{get:()=>require('node:url').pathToFileURL(__filename).href});" },
  define: {
    'import.meta.url': 'module.url',
    'import.meta.dirname': '__dirname',
    PACKAGE_VERSION: JSON.stringify(version),
  },
  plugins: [lazyImports, lighterLibraries],
  logLevel: 'warning',
});

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir);
lazyEntries.set('main', resolve('src/main.ts'));
while (bundled.size < lazyEntries.size) {
  for (const [name, file] of lazyEntries) {
    if (bundled.has(name)) continue;
    bundled.add(name);
    await build(options(name, file));
    await beAscii(join(outdir, `${name}.cjs`));
  }
}
const { allLayers, bundledLayers, bundledNames } = await tsImport('../src/layers/layer-files.ts', import.meta.url);
await writeFile(join(outdir, bundledLayers), JSON.stringify([...allLayers().values()]));
await writeFile(join(outdir, bundledNames), JSON.stringify([...allLayers().keys()]));
await copyFile('src/launch.cjs', join(outdir, 'cargo-boxed.cjs'));
await chmod(join(outdir, 'cargo-boxed.cjs'), 0o755);

/** esbuild escapes what is in texts, and leaves a pattern as it is written: read as one byte a letter, that matches nothing. */
async function beAscii(file) {
  const at = (await readFile(file, 'latin1')).search(/[^\0-\x7f]/);
  if (at >= 0) throw new Error(`${file} has a letter beyond ASCII at ${at}: write it as \\u in the pattern`);
}
