import type { CratePin } from '../support/obtain-crate.ts';

/** A public project of more than a hundred crates: how to put it together from published archives, and what to run. */
export interface RealProject {
  readonly name: string;
  /** What is hard about it. */
  readonly kind: string;
  readonly main: CratePin;
  /** More archives, unpacked at a place below the project: members of its workspace. */
  readonly parts: readonly { readonly pin: CratePin; readonly at: string }[];
  /** Served by a git host of our own, and patched in for the registry's crate. */
  readonly byGit: readonly CratePin[];
  /** Appended to Cargo.toml. Parts are patched in by itself. */
  readonly manifest: string;
  /** `cargo-boxed.yaml`, when it needs more than the base. */
  readonly configuration: string;
  /** Cargo commands that host and box run, in this order. */
  readonly commands: readonly (readonly string[])[];
}

const nothingMore = { parts: [], byGit: [], manifest: '', configuration: '' } as const;

const mdbookPart = (name: string, sha256: string) => ({
  pin: { name: `mdbook-${name}`, version: '0.5.4', sha256 },
  at: `crates/mdbook-${name}`,
});

export const realProjects: readonly RealProject[] = [
  {
    ...nothingMore,
    name: 'hyperfine, colored by git',
    kind: 'git dependency',
    main: {
      name: 'hyperfine',
      version: '1.20.0',
      sha256: 'c5fe697e6fdd7bd20438836076f8901094926ae40cf13f3f7255c1f3f085122c',
    },
    byGit: [
      {
        name: 'colored',
        version: '2.2.0',
        sha256: '117725a109d387c937a1533ce01b450cbde6b88abceea8473c4d7a85853cda3c',
      },
    ],
    commands: [['build'], ['test', '--no-fail-fast'], ['run', '--quiet', '--', '--version']],
  },
  {
    ...nothingMore,
    name: 'just',
    kind: 'procedural macros; thousands of tests that spawn shells',
    main: {
      name: 'just',
      version: '1.59.0',
      sha256: '7e46c1911c9c129f5b4f05edb3cd9aa75bba81e0198bbdbcf6181f7bcc21d74e',
    },
    commands: [
      ['build'],
      // These two ask for variables of a login (USER, XDG_RUNTIME_DIR), which neither side has.
      ['test', '--no-fail-fast', '--', '--skip', 'runtime_directory', '--skip', 'env_var_functions_unix'],
      ['run', '--quiet', '--', '--version'],
    ],
  },
  {
    ...nothingMore,
    name: 'bat',
    kind: 'C libraries bundled (libgit2, Oniguruma, zlib)',
    main: {
      name: 'bat',
      version: '0.26.1',
      sha256: 'cf66d0164db6827afe1694b8d4939f36a5507b7186f8d3cc529c66baf03b0d09',
    },
    commands: [['build'], ['test', '--no-fail-fast', '--lib', '--bins'], ['run', '--quiet', '--', 'Cargo.toml']],
  },
  {
    ...nothingMore,
    name: 'crabz',
    kind: 'cmake (zlib-ng), C (libdeflate, mimalloc)',
    main: {
      name: 'crabz',
      version: '0.10.1',
      sha256: 'dea6552f86160f390eec159197af1f49da0bcc2b411247e6de3a79fee84dbf41',
    },
    commands: [['build'], ['test', '--no-fail-fast'], ['run', '--quiet', '--', '--version']],
  },
  {
    ...nothingMore,
    name: 'ouch',
    kind: 'bindgen (libclang), C++ (unrar), C (zstd, bzip3)',
    main: {
      name: 'ouch',
      version: '0.8.3',
      sha256: 'a661a79bfb976c67761f3c87337b70868dbf01aa58e6894e85038103ea032757',
    },
    commands: [['build'], ['test', '--no-fail-fast', '--bins'], ['run', '--quiet', '--', '--version']],
  },
  {
    ...nothingMore,
    name: 'xh',
    kind: 'C and assembler (ring, aws-lc)',
    main: {
      name: 'xh',
      version: '0.26.3',
      sha256: '4e9ad05064097eb3dfe40b0644ed723f295cf01c6dffba0a691cd2ae9a6f4066',
    },
    commands: [['build'], ['test', '--no-fail-fast', '--bins'], ['run', '--quiet', '--', '--version']],
  },
  {
    ...nothingMore,
    name: 'mdbook',
    kind: 'workspace of eight packages by path',
    main: {
      name: 'mdbook',
      version: '0.5.4',
      sha256: '5f68ffebcd0b9a4eb72aaacc4342bc94e1d63c01893b7c921437f6ef02443699',
    },
    parts: [
      mdbookPart('core', '8725b7f8e94a5c40a00c907e4006301ba2fc06722de489a0cb19db1823fdf200'),
      mdbookPart('driver', '485612ee2a91847760e742ce441673fa127306a43f44e666796f7d99d4592272'),
      mdbookPart('html', '8d25933e4d7cbaa342db9ab9f414c2a09b1c59becb63ad344520370d822ab28a'),
      mdbookPart('markdown', '9ca553aa4330b15fa2c706aef373bc714cc719513d1da73c17be3dba208b9aab'),
      mdbookPart('preprocessor', 'f8e75b08763e31982701d5b2680124bd4bd9bed4a4e1b5a499381320ccae199f'),
      mdbookPart('renderer', '75d378308f820f05c6c89e4ec552a3c64a0cc10ccab7dcc93a2baa3bc714ea1b'),
      mdbookPart('summary', '2453622fa7236139365a9acd20314ab859ff747d57ba36ff0d476b64adc75cf8'),
    ],
    manifest: '[workspace]\nmembers = ["crates/*"]\n',
    commands: [
      ['build', '--workspace'],
      ['test', '--workspace', '--no-fail-fast', '--lib', '--bins'],
      ['run', '--quiet', '--', '--version'],
    ],
  },
];
