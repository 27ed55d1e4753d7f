/**
 * A reporter of node:test for machines: one JSON line a result, written as it comes, so that a run that was stopped at
 * its time limit still counts. Groups (`describe`) and files are not results, unless they fail by themselves. Times are
 * milliseconds, of what stands at the top of a file.
 */
export default async function* countReporter(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const [file, { name }] = [data.file ?? '', data];
    const isFile = data.nesting === 0 && /\.test\.ts$/.test(name);
    if (data.nesting === 0 && !isFile)
      yield `${JSON.stringify({ took: data.details?.duration_ms ?? 0, name, file })}\n`;
    const isGroup = isFile || data.details?.type === 'suite';
    const result = resultOf(type, data, isGroup);
    if (result !== null) yield `${JSON.stringify({ result, name, file })}\n`;
  }
}

function resultOf(type, data, isGroup) {
  const failedItself = type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed';
  if (isGroup && !failedItself) return null;
  if (data.skip !== undefined || data.todo !== undefined) return 'skipped';
  return type === 'test:fail' ? 'failed' : 'passed';
}
