import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { readDescriptor } from '../host/read-descriptor.ts';
import { kindOf } from './describe-file.ts';
import { at, errorCode, type Folder, type Name } from './folder.ts';

/** The bytes of a regular file in a held folder, or why they are not taken. Never through a link, never blocking. */
export function readBounded(folder: Folder, name: Name, mostBytes: number): Buffer | string {
  let descriptor: number;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOCTTY;
    descriptor = openSync(at(folder, name), flags);
  } catch (error) {
    return `it cannot be read (${errorCode(error)})`;
  }
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return `it is ${kindOf(stat)}`;
    if (stat.size > mostBytes) return `it has ${stat.size} bytes, more than the ${mostBytes} that are taken`;
    return readDescriptor(descriptor, stat.size);
  } finally {
    closeSync(descriptor);
  }
}
