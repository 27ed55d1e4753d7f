import type { ExportReport } from '../customs/export-artifacts.ts';
import type { Outcome } from '../engine/engine.ts';
import type { Problem } from '../problem/problem.ts';

/**
 * What `--json` tells, one object on a line of stderr; stdout belongs to the command's own answer or to cargo. Names
 * and fields are stable: programs read them. They tell apart what an exit code cannot.
 */
export type BoxEvent =
  | { readonly event: 'step'; readonly text: string }
  | { readonly event: 'progress'; readonly text: string; readonly fraction?: number }
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'problem'; readonly problem: Problem }
  | { readonly event: 'outcome'; readonly outcome: Outcome; readonly text?: string }
  | { readonly event: 'exported'; readonly folder: string; readonly files: ExportReport['exported'] }
  /** What a program of a step wrote: wrapped, so that nothing it writes can pass for an event of ours. */
  | { readonly event: 'output'; readonly text: string };

/**
 * One line of plain ASCII. What a terminal or a CI service would act on, in the name of a file say, is escaped; a
 * program that parses the line gets it back as it was.
 */
export function eventLine(event: BoxEvent): string {
  return `${plainJson(JSON.stringify(event))}\n`;
}

/** The same JSON in ASCII, without anything that a terminal or a CI service would act on. */
export function plainJson(json: string): string {
  return json.replace(/[\u007f-\uffff]|(?<=#)#|(?<=section_(?:start|end)):/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
