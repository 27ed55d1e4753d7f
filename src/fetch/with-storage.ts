import { failure, type Result } from '../base/result.ts';
import { storageProblem } from '../customs/storage-problem.ts';

/** Does work on files of ours: a full disk or a forbidden folder is a problem that the reader can act on. */
export async function withStorage<T>(folder: string, work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (error) {
    const path = (error as NodeJS.ErrnoException).path;
    return failure(storageProblem(error, 'write', typeof path === 'string' ? path : folder));
  }
}
