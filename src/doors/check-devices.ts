import { lstatSync, readFileSync } from 'node:fs';
import list from '../../images/devices.json' with { type: 'json' };
import { unpackDevice } from '../host/device-number.ts';
import { type Problem, printable } from '../problem/problem.ts';

/** A kind of device that a box can be given: its path, and the number or the name of its driver. */
export interface DeviceKind {
  readonly path: string;
  readonly major?: number;
  readonly minors?: readonly number[];
  readonly driver?: string;
}

/**
 * Which of the devices cannot be given to a box on this machine. The path alone says nothing: what stands there has to
 * be the character device of that driver, and no link. A grant does not help against that.
 */
export function checkDevices(
  devices: readonly string[],
  kinds: readonly DeviceKind[] = list.kinds,
  drivers: () => string = readDrivers,
): Problem[] {
  return devices.flatMap((path) => {
    const kind = kinds.find((one) => new RegExp(`^${one.path}$`).test(path));
    const why = kind === undefined ? 'it is no device that a box is ever given' : whyNot(path, kind, drivers);
    if (why === null) return [];
    const what = `the device \`${printable(path)}\` cannot be given to the box`;
    return [{ code: 'refused', what, why, fix: 'Take it out of the configuration, or run this where the device is.' }];
  });
}

function whyNot(path: string, kind: DeviceKind, drivers: () => string): string | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'there is nothing at this path';
  if (!stat.isCharacterDevice()) return 'it is not a character device';
  const [major, minor] = unpackDevice(stat.rdev);
  const isIts = kind.driver === undefined ? isNumbered(kind, major, minor) : hasDriver(drivers(), major, kind.driver);
  return isIts ? null : `what stands there is another device (${major}:${minor})`;
}

function isNumbered({ major, minors = [] }: DeviceKind, ofMajor: number, ofMinor: number): boolean {
  const [first, last] = minors;
  return major === ofMajor && first !== undefined && last !== undefined && ofMinor >= first && ofMinor <= last;
}

function hasDriver(drivers: string, major: number, name: string): boolean {
  const [characters = ''] = drivers.split('Block devices:');
  return characters.split('\n').some((line) => line.trim() === `${major} ${name}`);
}

function readDrivers(): string {
  return readFileSync('/proc/devices', 'utf8');
}
