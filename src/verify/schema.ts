import { variations } from '../plan/variations.ts';

const text = { type: 'string' } as const;
const list = (items: object) => ({ type: 'array', items }) as const;
const pair = (items: object) => ({ type: 'array', items, minItems: 2, maxItems: 2 }) as const;
const object = (properties: Readonly<Record<string, object>>) =>
  ({ type: 'object', properties, required: Object.keys(properties), additionalProperties: false }) as const;

/** The JSON schema of what `verify --json` prints. */
export function verificationSchema(): object {
  const variation = { enum: [...variations] };
  const evidence = {
    oneOf: [
      object({ kind: { const: 'bytes' }, found: pair(text), in: text }),
      object({ kind: { enum: ['only-this-varied', 'same-box-twice', 'none'] } }),
    ],
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'cargo-boxed verify build',
    ...object({
      version: { const: 1 },
      equal: { type: 'boolean' },
      engine: { enum: ['bwrap', 'docker'] },
      builds: { type: 'integer', minimum: 2 },
      varied: list(variation),
      notVaried: { type: 'object', additionalProperties: text },
      artifacts: list(object({ path: text, sha256: pair({ type: ['string', 'null'] }), equal: { type: 'boolean' } })),
      notCompared: list(object({ path: text, reason: text })),
      differences: list(
        object({
          artifact: text,
          parts: list(object({ name: text, at: { type: 'integer' }, sizes: pair({ type: 'integer' }) })),
          crates: list(object({ crate: text, by: { enum: ['build-script', 'compilation'] } })),
          causes: list(object({ cause: { enum: [...variations, 'randomness', 'unknown'] }, evidence })),
        }),
      ),
    }),
  };
}
