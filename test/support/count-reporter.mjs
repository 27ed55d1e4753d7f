/**
 * A reporter of node:test for machines: one JSON line a result, written as it comes, so that a run that was stopped at
 * its time limit still counts. Groups (`describe`) and files are not results, unless they fail by themselves. Times are
 * milliseconds, of what stands at the top of a file.
 */
export default async function* countReporter(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const file = data.file ?? '';
    const atTop = data.nesting === 0 && !/\.test\.ts$/.test(data.name);
    if (atTop) yield `${JSON.stringify({ took: data.details?.duration_ms ?? 0, name: data.name, file })}\n`;
    const failedItself = type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed';
    const group = data.details?.type === 'suite' || (data.nesting === 0 && !atTop);
    if (group && !failedItself) continue;
    const skipped = data.skip !== undefined || data.todo !== undefined;
    const result = skipped ? 'skipped' : type === 'test:fail' ? 'failed' : 'passed';
    yield `${JSON.stringify({ result, name: data.name, file })}\n`;
  }
}
