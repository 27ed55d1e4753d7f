import type { SoakPlace } from './soak-place.ts';

/** What is being done when the kill comes. */
export interface Scene {
  readonly name: string;
  readonly argv: readonly string[];
  /** `cold`: a project that nobody has built, with crates that nobody has fetched. `warm`: built before. */
  readonly project: 'cold' | 'warm' | 'unchanged';
  /** The kill comes within this time after the command has started, or after it has said this. */
  readonly withinMs: number;
  readonly after?: RegExp;
  /** Files of the project that are there for this command alone. */
  readonly files?: Readonly<Record<string, string>>;
}

const stubborn = "trap '' TERM INT HUP; setsid sleep 50 & sleep 50";

export const scenes: readonly Scene[] = [
  { name: 'cold build', argv: ['build'], project: 'cold', withinMs: 4000 },
  { name: 'fetch', argv: ['build'], project: 'cold', withinMs: 300, after: /Updating|Locking|Download/ },
  { name: 'fetch alone', argv: ['fetch'], project: 'cold', withinMs: 1500 },
  { name: 'warm build', argv: ['build'], project: 'warm', withinMs: 1500 },
  { name: 'export', argv: ['build'], project: 'warm', withinMs: 150, after: /Finished/ },
  { name: 'no-op build', argv: ['build'], project: 'unchanged', withinMs: 400 },
  { name: 'run', argv: ['run'], project: 'warm', withinMs: 1500 },
  { name: 'test', argv: ['test'], project: 'warm', withinMs: 2500 },
  { name: 'fix', argv: ['fix', '--allow-no-vcs'], project: 'warm', withinMs: 2500 },
  { name: 'stubborn program', argv: ['exec', '--', 'sh', '-c', stubborn], project: 'unchanged', withinMs: 1500 },
  { name: 'reset', argv: ['reset'], project: 'unchanged', withinMs: 300 },
  { name: 'self-test', argv: ['selftest'], project: 'unchanged', withinMs: 5000 },
  { name: 'lock', argv: ['lock'], project: 'unchanged', withinMs: 6000 },
  {
    name: 'root in the making',
    argv: ['build'],
    project: 'warm',
    withinMs: 15_000,
    after: /Resolving|Preparing/,
    files: { 'cargo-boxed.yaml': 'layers: [zlib]\n' },
  },
];

const crateCount = 20;

/** Files of a project whose crates have a version of their own, so that nobody has fetched them before. */
export async function projectFiles(place: SoakPlace, number: number): Promise<Readonly<Record<string, string>>> {
  const names = Array.from({ length: crateCount }, (_, index) => `soak-${index}`);
  for (const name of names) {
    const files = Array.from({ length: 10 }, (_, file) => [
      `src/part-${file}.txt`,
      `${name} ${number} ${file}\n`.repeat(50),
    ]);
    await place.registry.publish({ name, version: `1.0.${number}`, files: Object.fromEntries(files) });
  }
  const dependencies = names.map((name) => `${name} = { version = "=1.0.${number}", registry = "soak" }`);
  const manifest = `[package]\nname = "soaked"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n${dependencies.join('\n')}\n`;
  return {
    'Cargo.toml': manifest,
    '.cargo/config.toml': `[registries.soak]\nindex = "${place.registry.index}"\n`,
    'build.rs': buildScript,
    'src/main.rs': program(number),
  };
}

/** Says which source it was made from; its size makes that copying it takes a while. */
export function program(number: number): string {
  return `#[used]
static LARGE: [u8; 48 << 20] = [7; 48 << 20];
fn main() { soak_0::here(); println!("right ${number}"); }
#[test]
fn holds() {}\n`;
}

/** Leaves a process behind that is in a session of its own. */
const buildScript = `fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let _ = std::process::Command::new("setsid").args(["sleep", "40"]).stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn();
    std::thread::sleep(std::time::Duration::from_millis(300));
}\n`;
