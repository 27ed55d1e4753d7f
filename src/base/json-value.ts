/** `null` for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What stands at the end of these keys; `undefined` where one is missing. */
export function jsonAt(value: unknown, ...keys: readonly (string | number)[]): unknown {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string | number, unknown>)[key];
  }
  return found;
}

/** The text at the end of these keys; `null` where there is none. */
export function jsonText(value: unknown, ...keys: readonly (string | number)[]): string | null {
  const found = jsonAt(value, ...keys);
  return typeof found === 'string' ? found : null;
}

/** The list at the end of these keys; empty where there is none. */
export function jsonList(value: unknown, ...keys: readonly (string | number)[]): readonly unknown[] {
  const found = jsonAt(value, ...keys);
  return Array.isArray(found) ? found : [];
}
