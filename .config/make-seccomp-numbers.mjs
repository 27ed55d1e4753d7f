// Writes images/seccomp/numbers.json: the numbers of all names in denied.json, read from the kernel's own headers
// (Debian: linux-libc-dev), so that nobody types them. Run it when denied.json changes: npm run seccomp-numbers.
import { readFileSync, writeFileSync } from 'node:fs';

const denied = JSON.parse(readFileSync('images/seccomp/denied.json', 'utf8'));
const include = '/usr/include';

const defines = (file, pattern) =>
  Object.fromEntries([...readFileSync(file, 'utf8').matchAll(pattern)].map(([, name, value]) => [name, Number(value)]));

// arm64 uses the generic table; both spellings (__NR and __NR3264) give the 64-bit call of that name.
const tables = {
  x86_64: defines(`${include}/x86_64-linux-gnu/asm/unistd_64.h`, /^#define __NR_(\w+)\s+(\d+)/gm),
  aarch64: defines(`${include}/asm-generic/unistd.h`, /^#define __NR(?:3264)?_(\w+)\s+(\d+)/gm),
};
const names = [...denied.calls, ...denied.missing, ...denied.allocating.calls, 'clone', 'ioctl', 'socket'].sort();
const numbers = {};
for (const [architecture, table] of Object.entries(tables)) {
  numbers[architecture] = Object.fromEntries(names.filter((name) => name in table).map((name) => [name, table[name]]));
}
const audit = defines(`${include}/linux/elf-em.h`, /^#define (EM_X86_64|EM_AARCH64)\s+(\d+)/gm);
const is64BitLittleEndian = 0xc0000000;
const allocation = defines(`${include}/linux/falloc.h`, /^#define (FALLOC_FL_\w+)\s+(0x[0-9a-f]+)/gm);
const sched = defines(`${include}/linux/sched.h`, /^#define (CLONE_NEW\w+)\s+(0x[0-9a-f]+)/gm);
const terminal = defines(`${include}/asm-generic/ioctls.h`, /^#define (TIOC\w+)\s+(0x[0-9A-Fa-f]+)/gm);
// Socket families are part of glibc's headers; these four have the same number on every architecture.
const families = defines(
  `${include}/x86_64-linux-gnu/bits/socket.h`,
  /^#define PF_(UNIX|LOCAL|INET6?|NETLINK)\s+(\d+)/gm,
);
const family = {
  AF_UNIX: families.LOCAL,
  AF_INET: families.INET,
  AF_INET6: families.INET6,
  AF_NETLINK: families.NETLINK,
};

const pick = (table, wanted) => Object.fromEntries(wanted.map((name) => [name, table[name]]));
const result = {
  auditArchitecture: { x86_64: is64BitLittleEndian + audit.EM_X86_64, aarch64: is64BitLittleEndian + audit.EM_AARCH64 },
  cloneFlags: pick(sched, denied.cloneFlags),
  ioctls: pick(terminal, denied.ioctls),
  harmlessAllocationFlags: pick(allocation, denied.allocating.harmlessFlags),
  socketFamilies: pick(family, denied.allowedSocketFamilies),
  calls: numbers,
};
if (JSON.stringify(result).includes('null')) throw new Error('a name is missing from the headers');
writeFileSync('images/seccomp/numbers.json', `${JSON.stringify(result, null, 2)}\n`);
