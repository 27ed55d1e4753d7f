/**
 * A reporter of node:test for machines: one JSON line a result, written as it comes, so that a run that was stopped at
 * its time limit still counts. Groups (`describe`) and files are not results, unless they fail by themselves.
 */
export default async function* countReporter(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const failedItself = type === 'test:fail' && data.details?.error?.failureType !== 'subtestsFailed';
    const group = data.details?.type === 'suite' || (data.nesting === 0 && /\.test\.ts$/.test(data.name));
    if (group && !failedItself) continue;
    const skipped = data.skip !== undefined || data.todo !== undefined;
    const result = skipped ? 'skipped' : type === 'test:fail' ? 'failed' : 'passed';
    yield `${JSON.stringify({ result, name: data.name, file: data.file ?? '' })}\n`;
  }
}
