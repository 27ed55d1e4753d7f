import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readForeignText } from '../host/read-file.ts';
import { type ArtifactArea, artifactAreas } from './artifact-table.ts';
import { temporaryName } from './place-file.ts';

/** What was exported last time, by path below the export. */
export type ExportRecord = Map<string, RecordedExport>;
export interface RecordedExport {
  readonly area: ArtifactArea;
  /** `sourceStamp` of the file in the target. */
  readonly source: string;
  /** `contentStamp` of the file that we wrote: another one is the user's. */
  readonly written: string;
}

const formatVersion = 1;
const maximumBytes = 64 * 1024 * 1024;

/** A record that is missing, of another format or broken is an empty one: everything is compared and copied again. */
export function readExportRecord(file: string): ExportRecord {
  const record: ExportRecord = new Map();
  const text = readForeignText(file, maximumBytes);
  if (!text.ok || text.value === null) return record;
  try {
    const content = JSON.parse(text.value) as { version?: unknown; files?: Record<string, unknown> };
    if (content.version !== formatVersion) return record;
    for (const [path, held] of Object.entries(content.files ?? {})) {
      const [area, source, written] = Array.isArray(held) ? held : [];
      if (!artifactAreas.includes(area) || typeof source !== 'string' || typeof written !== 'string') continue;
      if (path.split('/').some((name) => name === '' || name.startsWith('.'))) continue;
      record.set(path, { area, source, written });
    }
  } catch {
    record.clear();
  }
  return record;
}

/** Throws the system's error. */
export function writeExportRecord(file: string, record: ExportRecord): void {
  const files = Object.fromEntries(
    [...record].sort(([left], [right]) => (left < right ? -1 : 1)).map(([path, held]) => [path, Object.values(held)]),
  );
  mkdirSync(dirname(file), { recursive: true });
  const temporary = join(dirname(file), temporaryName());
  writeFileSync(temporary, JSON.stringify({ version: formatVersion, files }), { flag: 'wx' });
  renameSync(temporary, file);
}
