import { failure, type Result, success } from '../../base/result.ts';
import type { ProgramEnd } from '../../host/program.ts';
import { printable } from '../../problem/problem.ts';
import { parseDeb822Sources, parseOneLineSources } from './apt-sources.ts';
import type { DebianImage } from './debian-container.ts';

/** Prints three parts, each after a line of its own: the release, the keyring, the sources. */
export const describeImage = `. /etc/os-release; echo "$ID $VERSION_CODENAME"
echo ---; ls /usr/share/keyrings/debian-archive-keyring.pgp /usr/share/keyrings/debian-archive-keyring.gpg 2>/dev/null
echo ---; cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null; exit 0`;

/** Makes sense of what `describeImage` printed. An image that is no Debian is refused. */
export function readDebianImage(reference: string, { status, stdout, stderr }: ProgramEnd): Result<DebianImage> {
  const [release = '', keyrings = '', ...rest] = stdout.split(/^---$/m);
  const suite = /^debian ([a-z]+)\n/.exec(release)?.[1];
  if (status !== 0 || suite === undefined) {
    const why = status === 0 ? `it is \`${printable(release.trim(), 60)}\`` : printable(stderr.trim(), 200);
    return failure({
      code: 'environment',
      what: `roots cannot be made in the image ${printable(reference, 120)}: it is no Debian`,
      ...(why === '' ? {} : { why }),
      fix: 'Name a Debian image with `debian-image` in your own configuration, or install mmdebstrap.',
    });
  }
  const sources = rest.join('---');
  return success({
    suite,
    sources: [...parseOneLineSources(sources), ...parseDeb822Sources(sources)],
    keyring: keyrings.split('\n').find((line) => line.startsWith('/')) ?? null,
  });
}
