// Writes the tables of SECURITY.md anew: `node --import tsx .config/make-security-tables.mjs`. A test compares them.
import { readFileSync, writeFileSync } from 'node:fs';
import { withTables } from '../test/support/security-tables.ts';

writeFileSync('SECURITY.md', withTables(readFileSync('SECURITY.md', 'utf8')));
