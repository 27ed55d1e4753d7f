/** An engine that neither answers nor fails must not hang us: the promise's end, or a failure after the time. */
export async function deadline<T>(promise: Promise<T>, withinMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer about ${what} within ${withinMs / 1000} s`)), withinMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** `true` when it ended, however, within the time. */
export async function endsWithin(promise: Promise<unknown>, withinMs: number): Promise<boolean> {
  try {
    await deadline(
      promise.catch(() => undefined),
      withinMs,
      'its end',
    );
    return true;
  } catch {
    return false;
  }
}
