import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PackedFile } from '../archive/pack-files.ts';

/** The crates of one Cargo.lock, as they lie on this machine. */
export interface PackedCrates {
  /** Equal names mean equal crates. */
  readonly name: string;
  /** `SOURCE/NAME-VERSION`, each a link whose last part is the name of a folder in `store`. */
  readonly folder: string;
  /** Verified and unpacked crates. */
  readonly store: string;
  /** Text of the configuration with which cargo takes them from there. */
  readonly config: string;
}

const inImage = 'box/crates';

/**
 * The files of an image with these crates: each under the name that it has in a box, and a configuration that cargo finds
 * from every folder below `/box`. What this machine calls its store is not in it.
 */
export function crateFiles({ folder, store, config }: PackedCrates): readonly PackedFile[] {
  const sources = readdirSync(folder).sort();
  const crates = sources.flatMap((source) => [
    aFolder(`${inImage}/${source}`),
    ...readdirSync(join(folder, source))
      .sort()
      .flatMap((crate) => {
        const stored = join(store, basename(readlinkSync(join(folder, source, crate))));
        return [aFolder(`${inImage}/${source}/${crate}`), ...filesBelow(stored, `${inImage}/${source}/${crate}`)];
      }),
  ]);
  return [
    aFolder('box/.cargo'),
    { kind: 'text', path: 'box/.cargo/config.toml', mode: 0o644, text: config },
    aFolder(inImage),
    ...crates,
  ];
}

function filesBelow(folder: string, path: string): readonly PackedFile[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name): readonly PackedFile[] => {
      const [source, place] = [join(folder, name), `${path}/${name}`];
      const stat = lstatSync(source);
      if (stat.isDirectory()) return [aFolder(place), ...filesBelow(source, place)];
      const mode = (stat.mode & 0o100) === 0 ? 0o644 : 0o755;
      return stat.isFile() ? [{ kind: 'file', path: place, mode, source, sizeBytes: stat.size }] : [];
    });
}

function aFolder(path: string): PackedFile {
  return { kind: 'folder', path, mode: 0o755 };
}
