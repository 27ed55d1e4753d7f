// What libraries do while they are loaded, and this program never uses: left out of the bundles, or done when it is used.
// A build ends with an error when a library no longer has the text that is replaced here, so that nothing is lost unseen.
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { resolve } from 'node:path';

/** Modules that only parts import that are never called: `module` as imported by a file below `importer`. */
const neverUsed = [
  // dockerode's ssh transport, BuildKit session and build contexts drag in native code, gRPC and an old tar-fs. Our own
  // tar-fs is another, newer one.
  {
    module: /^(ssh2|cpu-features|protobufjs|@grpc\/grpc-js|@grpc\/proto-loader|@balena\/dockerignore)$/,
    importer: '/',
  },
  { module: /^tar-fs$/, importer: '/dockerode/' },
  // For execa's option `verbose`: a terminal's symbols and colours, found out at every start (2 ms).
  { module: /^(figures|yoctocolors|pretty-ms)$/, importer: '/execa/' },
];

/** Texts of libraries that are replaced. Times are of one start, of about 75 ms in all. */
const replaced = [
  {
    // Opens all three streams of this process to compare others with them: 3 ms for stdin alone.
    file: /\/execa\/lib\/utils\/standard-stream\.js$/,
    find: 'stream => STANDARD_STREAMS.includes(stream);\nexport const STANDARD_STREAMS = [process.stdin, process.stdout, process.stderr];',
    by: `stream => [0, 1, 2].includes(stream?.fd) && STANDARD_STREAMS.includes(stream);
export const STANDARD_STREAMS = {
  indexOf: (stream) => [process.stdin, process.stdout, process.stderr].indexOf(stream),
  includes: (stream) => STANDARD_STREAMS.indexOf(stream) !== -1,
  get 0() { return process.stdin; },
  get 1() { return process.stdout; },
  get 2() { return process.stderr; },
};`,
  },
  {
    // Opens them once more to compare a number or a word with them: 5 ms.
    file: /\/execa\/lib\/stdio\/direction\.js$/,
    find: 'const getStandardStreamDirection = value => {',
    by: `const getStandardStreamDirection = value => {
	if (typeof value !== 'object') return ['input', 'output', 'output'][value];`,
  },
  {
    // Writes each request down, system call filter and all, for a log that is switched off: 10 ms a build.
    file: /\/docker-modem\/lib\/modem\.js$/,
    find: "  debug('Sending: %s', util.inspect(options, {\n    showHidden: true,\n    depth: null\n  }));",
    by: '',
  },
  {
    // The log itself looks for a terminal and its colours.
    file: /\/docker-modem\/lib\/modem\.js$/,
    find: "debug = require('debug')('modem'),",
    by: 'debug = () => undefined,',
  },
  {
    // Only sockets of this machine are talked to: TLS takes 2 ms to load.
    file: /\/docker-modem\/lib\/http\.js$/,
    find: "var nativeHttps = require('https'),",
    by: 'var nativeHttps = {},',
  },
  {
    // A copy of Node's own streams for older versions of it: two thirds of the bundle.
    file: /\/docker-modem\/lib\/http_duplex\.js$/,
    find: "stream = require('readable-stream');",
    by: "stream = require('stream');",
  },
  {
    // A table of all signals with descriptions, for the message of a process that one has ended: 1 ms.
    file: /\/execa\/lib\/terminate\/signal\.js$/,
    find: "import {signalsByName} from 'human-signals';",
    by: "const signalsByName = new Proxy({}, { get: (_, name) => require('human-signals').signalsByName[name] });",
  },
];

/** What libraries import of it by name: a build ends with an error when it is more. */
const processNames = ['execArgv', 'execPath', 'hrtime', 'platform'];

export const lighterLibraries = {
  name: 'lighter-libraries',
  setup(bundler) {
    bundler.onResolve({ filter: /^[@a-z]/ }, ({ path, importer }) =>
      !builtinModules.includes(path) &&
      neverUsed.some(({ module, importer: by }) => module.test(path) && importer.includes(by))
        ? { path: 'unused', namespace: 'unused' }
        : undefined,
    );
    // Its index makes every form that it can be called in, also those that wait without letting anything else run: 3 ms.
    bundler.onResolve({ filter: /^execa$/ }, () => ({ path: 'execa', namespace: 'execa', sideEffects: false }));
    bundler.onLoad({ filter: /.*/, namespace: 'execa' }, () => ({
      contents: "export { execaCoreAsync as execa } from './main-async.js';",
      resolveDir: resolve('node_modules/execa/lib/methods'),
      loader: 'js',
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}', loader: 'js' }));
    // A default import of a CommonJS module copies each of its properties, and `process` has many: 2 ms.
    bundler.onResolve({ filter: /^node:process$/ }, ({ importer }) =>
      importer.includes('/node_modules/') ? { path: 'process', namespace: 'process' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'process' }, () => ({
      contents: `export default process;\nexport const { ${processNames.join(', ')} } = process;`,
      loader: 'js',
    }));
    bundler.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      const wanted = replaced.filter(({ file }) => file.test(path));
      if (wanted.length === 0) return undefined;
      let contents = await readFile(path, 'utf8');
      for (const { find, by } of wanted) {
        if (contents.split(find).length !== 2)
          throw new Error(`${path} has changed: see .config/lighter-libraries.mjs`);
        contents = contents.replace(find, () => by);
      }
      return { contents, loader: 'js' };
    });
  },
};
