import { printable } from '../../problem/problem.ts';
import type { Session } from '../session.ts';
import type { Planned } from './make-plan.ts';

/**
 * After a command that failed: whose build script its wall may have stopped, and how it goes without. What exactly was
 * refused is only known where the script says so.
 */
export function sayWalls(session: Session, { plan, chosen }: Planned, refused: readonly string[]): void {
  const walls = plan.box?.buildScriptWalls ?? null;
  if (walls === null || !chosen.report.enforces.has('build-script-walls')) return;
  const stopped = refused.filter((name) => !walls.unwalled.includes(name)).map((name) => printable(name, 120));
  if (stopped.length === 0) return;
  const names = stopped.join(', ');
  const whose =
    stopped.length > 1 ? `The build scripts of ${names} may write` : `The build script of ${names} may write`;
  session.reporter.note(
    `${whose} only below OUT_DIR, TMPDIR and HOME, and something was refused. Without this wall: ` +
      `\`unwalled-build-scripts: [${names}]\` in cargo-boxed.yaml and \`cargo-boxed grant unwalled-build-scripts\`, ` +
      `or CARGO_BOXED_UNWALLED_BUILD_SCRIPTS=${stopped.join(',')} for one run.`,
  );
}
