import type { Planned } from './make-plan.ts';
import type { Session } from './session.ts';

/** After a command that failed: which layers have the system libraries that it looked for. */
export async function sayMissingLayers(
  { reporter }: Session,
  { config }: Planned,
  libraries: readonly string[],
): Promise<void> {
  if (libraries.length === 0) return;
  if (config.environment.value === 'image') {
    reporter.note(`The image does not have what the build looked for: ${libraries.join(', ')}.`);
    return;
  }
  const { layersWith } = await import('../layers/catalogue.ts');
  const found = libraries.flatMap((library) => layersWith(library).slice(0, 1));
  const held = config.layers.value;
  const more = [...new Set(found)].filter((layer) => !held.includes(layer));
  const unknown = libraries.filter((library) => layersWith(library).length === 0);
  if (more.length > 0) {
    reporter.note(
      `The build looked for libraries or programs that the box does not have. \`cargo-boxed layers add ${more.join(' ')}\` ` +
        `gives them to it; for one run \`${more.map((name) => `--layer ${name}`).join(' ')}\` before the command.`,
    );
  }
  if (unknown.length > 0) {
    reporter.note(`The build looked for ${unknown.join(', ')}, which no layer has: an image of your own can have it.`);
  }
}
