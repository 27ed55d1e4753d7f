import type { DebianPackage } from '../../lock/pins.ts';

/** Where mmdebstrap finds what it needs, as it sees it. */
export interface MmdebstrapPaths {
  readonly finish: string;
  readonly repository: string;
  readonly tar: string;
}

/** How a root is made of exactly these packages, here and in a container: equal words give equal bytes. */
export function mmdebstrapArguments(packages: readonly DebianPackage[], paths: MmdebstrapPaths): readonly string[] {
  return [
    '--variant=custom',
    '--format=tar',
    '--skip=output/dev,cleanup/apt,cleanup/mmdebstrap',
    `--include=${packages.map((pinned) => pinned.name).join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=APT::Sandbox::User "root"',
    // Not `path-exclude`: it sends every byte through a filter in Python (measured: 20 s more). The finish takes out more.
    '--dpkgopt=force-unsafe-io',
    `--customize-hook=${paths.finish}`,
    '',
    paths.tar,
    `deb [trusted=yes] copy:${paths.repository} ./`,
  ];
}

const stages: readonly (readonly [RegExp, number])[] = [
  [/^I: downloading/, 0.05],
  [/^I: extracting/, 0.15],
  [/^I: installing/, 0.35],
  [/^I: running --customize-hook/, 0.85],
  [/^I: creating tarball/, 0.9],
];

/** How far mmdebstrap is, by what it has said so far: from 0 to 1. */
export function mmdebstrapProgress(log: string): number | undefined {
  const lines = log.split('\n').reverse();
  return lines.flatMap((line) => stages.find(([pattern]) => pattern.test(line))?.[1] ?? [])[0];
}
