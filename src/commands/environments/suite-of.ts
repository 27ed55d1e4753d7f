import type { Config, DebianSuite } from '../../config/config.ts';
import { suiteOfImage } from '../../environment/image/judge-system.ts';
import type { Pins } from '../../lock/pins.ts';

/** Whose packages can be added to the environment; `null`: an image that is no Debian we know. */
export function suiteOf({ environment, suite }: Config, pins: Pins): DebianSuite | null {
  return environment.value === 'image' ? suiteOfImage(pins.image?.system) : suite.value;
}

/** The suite whose layers and files are looked through: the configured one where the environment's is not known. */
export function suiteLookedThrough(config: Config, pins: Pins): DebianSuite {
  return suiteOf(config, pins) ?? config.suite.value;
}
