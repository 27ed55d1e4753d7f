import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { honestCrate } from './crate-archive.ts';

/** A sparse cargo registry of one's own, on the loopback interface. */
export interface RegistryStandIn {
  /** For `index =`: `sparse+http://127.0.0.1:PORT/index/`. */
  readonly index: string;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly port: number;
  /** Answers requests for these paths otherwise, until something else is disturbed or `calm` is called. */
  disturb(path: RegExp, answer: (response: ServerResponse, found: Buffer) => void): void;
  calm(): void;
  publish(crate: PublishedCrate): Promise<string>;
  /** The lines of the index on a crate, as other kinds of registries keep them in a file. */
  indexText(name: string): string;
  /** The archive that is served. */
  archive(name: string, version: string): Buffer;
  /** Method, path and authorization of each request so far. */
  requests(): readonly RegistryRequest[];
  stop(): Promise<void>;
}

export interface PublishedCrate {
  readonly name: string;
  readonly version: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly dependencies?: readonly {
    readonly name: string;
    readonly requirement: string;
    readonly optional?: boolean;
    /** `cfg(windows)` */
    readonly target?: string;
  }[];
  readonly features?: Readonly<Record<string, readonly string[]>>;
  /** In the place of an archive made from the files. */
  readonly archive?: Buffer;
  /** Served in the place of the archive that the index promises. */
  readonly served?: Buffer;
}

export interface RegistryRequest {
  readonly path: string;
  readonly authorization: string | null;
}

export interface RegistryOptions {
  /** Wanted with every request. */
  readonly token?: string;
  readonly port?: number;
  /** How clients call it, when that is not by its address: `registry.invalid`, behind a proxy. */
  readonly name?: string;
  /** With TLS: key and certificate as PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Stands for cargo's default registry, whose crates don't say where their dependencies come from. */
  readonly mirror?: true;
  /** The index that clients know it by, when that is another than the sparse one: one in git. */
  readonly knownAs?: string;
}

export async function startRegistry(options: RegistryOptions = {}): Promise<RegistryStandIn> {
  const lines = new Map<string, string[]>();
  const archives = new Map<string, Buffer>();
  const seen: RegistryRequest[] = [];
  const disturbances: { path: RegExp; answer: (response: ServerResponse, found: Buffer) => void }[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    seen.push({ path: request.url ?? '', authorization: request.headers.authorization ?? null });
    answer(request, response);
  };
  const server = options.tls === undefined ? createServer(handle) : createTlsServer(options.tls, handle);
  await new Promise<void>((listening) => server.listen(options.port ?? 0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const host = options.name ?? `127.0.0.1:${port}`;
  const origin = `${options.tls === undefined ? 'http' : 'https'}://${host}`;

  function lookUp(path: string): string | Buffer | null {
    if (path.startsWith('/dl/')) return archives.get(path) ?? null;
    const held = lines.get(path.slice(path.lastIndexOf('/') + 1));
    return held === undefined ? null : `${held.join('\n')}\n`;
  }

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const disturbed = disturbances.find((one) => one.path.test(path));
    if (options.token !== undefined && request.headers.authorization !== options.token) {
      response.writeHead(401, { 'WWW-Authenticate': 'Cargo login_url="http://localhost/me"' }).end();
    } else if (disturbed !== undefined) {
      disturbed.answer(response, Buffer.from(lookUp(path) ?? ''));
    } else if (path === '/index/config.json') {
      const auth = options.token === undefined ? {} : { 'auth-required': true };
      response.end(JSON.stringify({ dl: `${origin}/dl`, api: origin, ...auth }));
    } else {
      const found = lookUp(path);
      if (found === null) response.writeHead(404).end();
      else response.end(found);
    }
  }

  return {
    index: `sparse+${origin}/index/`,
    host,
    port,
    disturb(path, otherwise) {
      disturbances.splice(0, disturbances.length, { path, answer: otherwise });
    },
    calm: () => void disturbances.splice(0),
    async publish(crate) {
      const archive =
        crate.archive ??
        (await archiveOf(crate, options.mirror ? null : (options.knownAs ?? `sparse+${origin}/index/`)));
      const sum = createHash('sha256').update(archive).digest('hex');
      archives.set(`/dl/${crate.name}/${crate.version}/download`, crate.served ?? archive);
      lines.set(crate.name, [...(lines.get(crate.name) ?? []), indexLine(crate, sum)]);
      return sum;
    },
    indexText: (name) => (lines.get(name) ?? []).map((line) => `${line}\n`).join(''),
    archive: (name, version) => archives.get(`/dl/${name}/${version}/download`) ?? Buffer.alloc(0),
    requests: () => seen,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** As `cargo publish` writes it: dependencies from another than the default registry name its index. */
function archiveOf(crate: PublishedCrate, index: string | null): Promise<Buffer> {
  const { name, version, files, dependencies = [], features = {} } = crate;
  const origin = index === null ? '' : `\nregistry-index = "${index}"`;
  const manifest = [
    `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"`,
    ...dependencies.map(({ name, requirement, optional = false, target }) =>
      [
        target === undefined ? '[dependencies.' : `[target.'${target}'.dependencies.`,
        `${name}]\nversion = "${requirement}"\noptional = ${optional}${origin}`,
      ].join(''),
    ),
    '[features]',
    ...Object.entries(features).map(([feature, list]) => `${feature} = ${JSON.stringify(list)}`),
  ].join('\n');
  return honestCrate(`${name}-${version}`, { 'Cargo.toml': manifest, 'src/lib.rs': 'pub fn here() {}\n', ...files });
}

/** One line of an index file, as registries write it. */
function indexLine({ name, version, dependencies = [], features = {} }: PublishedCrate, sum: string): string {
  return JSON.stringify({
    name,
    vers: version,
    deps: dependencies.map((dependency) => ({
      name: dependency.name,
      req: dependency.requirement,
      features: [],
      optional: dependency.optional === true,
      default_features: true,
      target: dependency.target ?? null,
      kind: 'normal',
    })),
    cksum: sum,
    features,
    yanked: false,
  });
}
