import type { Parser } from '../parser.ts';
import { archiveParsers } from './archives.ts';
import { binaryParsers } from './binaries.ts';
import { configParsers } from './config.ts';
import { devcontainerParsers } from './devcontainer.ts';
import { gitParsers } from './git.ts';
import { learningParsers } from './learning.ts';
import { nixParsers } from './nix.ts';
import { projectParsers } from './project.ts';
import { streamParsers } from './streams.ts';
import { toolParsers } from './tools.ts';

export const parsers: readonly Parser[] = [
  ...configParsers,
  ...projectParsers,
  ...devcontainerParsers,
  ...gitParsers,
  ...archiveParsers,
  ...binaryParsers,
  ...streamParsers,
  ...toolParsers,
  ...learningParsers,
  ...nixParsers,
];
