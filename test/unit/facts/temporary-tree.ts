import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Result } from '../../../src/base/result.ts';
import type { Problem } from '../../../src/problem/problem.ts';

/** A folder with these files, gone when the test ends. A name that ends with `/` is a folder. */
export function temporaryTree(context: TestContext, files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'facts-test-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  addFiles(root, files);
  return root;
}

export function addFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) mkdirSync(join(root, name), { recursive: true });
    else {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), content);
    }
  }
}

export function packageNamed(name: string, more = ''): string {
  return `[package]\nname = "${name}"\nversion = "0.1.0"\n${more}`;
}

export function valueIn<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.value;
}

export function problemIn(result: Result<unknown>): Problem {
  const [problem] = problemsIn(result);
  if (problem === undefined) throw new Error('no problem');
  return problem;
}

export function problemsIn(result: Result<unknown>): readonly Problem[] {
  if (result.ok) throw new Error('it succeeded');
  return result.problems;
}
