// Bundles the command line into dist/main.cjs, which dist/cargo-boxed.cjs starts. What is imported by `import()` becomes a bundle of its own that
// is loaded only when it is needed: a no-op build must not pay for the Docker client or the YAML parser at start-up.
// Commands share nearly all of their modules with each other: those that are loaded late stand in one bundle together, `commands.cjs`, of which
// src/launch.cjs gives the one that is named behind `#`. What a build with nothing to do needs is in main.cjs.
// A lazy bundle gets its own copy of the small modules it shares, so no module may hold state or rely on `instanceof`.
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { tsImport } from 'tsx/esm/api';
import { lighterLibraries } from './lighter-libraries.mjs';

const outdir = process.argv[2] ?? 'dist';
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const lazyEntries = new Map();
/** The commands that are loaded late, by their places below `src/commands`. */
const lateCommands = new Map();
const bundled = new Set();

const lazyImports = {
  name: 'lazy-imports',
  setup(bundler) {
    bundler.onResolve({ filter: /^\.{1,2}\// }, (request) => {
      if (request.kind !== 'dynamic-import') return undefined;
      const file = resolve(request.resolveDir, request.path);
      const command = relative(resolve('src/commands'), file).replace(/[.]ts$/, '');
      if (!command.startsWith('..')) {
        lateCommands.set(command, file);
        return { path: `./commands.cjs#${command}`, external: true };
      }
      const name = `${basename(resolve(file, '..'))}-${basename(file, '.ts')}`;
      if ((lazyEntries.get(name) ?? file) !== file) throw new Error(`two files want to be ${name}`);
      lazyEntries.set(name, file);
      return { path: `./${name}.cjs`, external: true };
    });
  },
};

/** What is bundled: a file, or a text that stands where sources do. */
const fromFile = (file) => ({ entryPoints: [file] });
const fromText = (contents) => ({ stdin: { contents, resolveDir: resolve('src'), loader: 'ts' } });

const options = (name, entry) => ({
  ...entry,
  outfile: join(outdir, `${name}.cjs`),
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
let bundledCommands = 0;
while (bundled.size < lazyEntries.size || bundledCommands < lateCommands.size) {
  for (const [name, file] of lazyEntries) {
    if (bundled.has(name)) continue;
    bundled.add(name);
    await bundle(name, fromFile(file));
  }
  if (bundledCommands === lateCommands.size) continue;
  // Once more when a command that was found only now has come to it.
  bundledCommands = lateCommands.size;
  await bundle('commands', fromText(commandsByName()));
}
const { allLayers, bundledLayers, bundledNames } = await tsImport('../src/layers/layer-files.ts', import.meta.url);
await writeFile(join(outdir, bundledLayers), JSON.stringify([...allLayers().values()]));
await writeFile(join(outdir, bundledNames), JSON.stringify([...allLayers().keys()]));
await copyFile('src/launch.cjs', join(outdir, 'cargo-boxed.cjs'));
await chmod(join(outdir, 'cargo-boxed.cjs'), 0o755);

async function bundle(name, entry) {
  await build(options(name, entry));
  await beAscii(join(outdir, `${name}.cjs`));
}

/** Each command is evaluated when it is asked for. */
function commandsByName() {
  const getters = [...lateCommands]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, file]) => `get ${JSON.stringify(name)}() { return require(${JSON.stringify(file)}); },`);
  return `module.exports = {\n${getters.join('\n')}\n};\n`;
}

/** esbuild escapes what is in texts, and leaves a pattern as it is written: read as one byte a letter, that matches nothing. */
async function beAscii(file) {
  const at = (await readFile(file, 'latin1')).search(/[^\0-\x7f]/);
  if (at >= 0) throw new Error(`${file} has a letter beyond ASCII at ${at}: write it as \\u in the pattern`);
}
