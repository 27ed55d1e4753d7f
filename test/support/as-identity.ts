import { it, type TestContext } from 'node:test';

type Test = (name: string, test: (context: TestContext) => Promise<void> | void) => void;

const isRoot = process.getuid?.() === 0;
const elsewhere: Test = () => {};

/**
 * For what only root can do (make a device), or what root may do and an ordinary user may not (read all). `npm test` runs
 * these files as both, so each of these tests runs once; it is not skipped but belongs to the other run.
 */
export const asRoot: Test = isRoot
  ? (name, test) => void it(name, (context) => test(context as TestContext))
  : elsewhere;
export const asUser: Test = isRoot
  ? elsewhere
  : (name, test) => void it(name, (context) => test(context as TestContext));
