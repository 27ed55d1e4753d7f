import { failure, type Result, success } from '../base/result.ts';
import { unreachable } from '../base/unreachable.ts';
import type { OwnCommand } from '../invocation/invocation.ts';
import type { Shell } from '../invocation/own-commands.ts';
import { printable } from '../problem/problem.ts';
import type { Answer } from './answer.ts';
import { runCargo } from './run-cargo.ts';
import type { Session } from './session.ts';
import { toolVersion } from './tool-version.ts';

/** Every command by its name. What a build does not need is loaded only when it is asked for. */
export async function dispatch(session: Session): Promise<Result<Answer>> {
  const { command } = session.invocation;
  return command.kind === 'cargo' ? runCargo(session, command) : runOwn(session, command);
}

/** Which options go with which word behind `image`. */
const imageOptions: Readonly<Record<string, readonly string[]>> = {
  build: ['output', 'sbom', 'provenance', 'with-crates', 'with-deps', 'release'],
  check: [],
  push: ['sign', 'with-crates', 'with-deps', 'release'],
};

async function image(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  const [action = ''] = command.arguments;
  const { usage } = await import('../invocation/usage-problems.ts');
  const allowed = Object.hasOwn(imageOptions, action) ? imageOptions[action] : undefined;
  const strange = Object.keys(command.options).find((name) => allowed?.includes(name) === false);
  if (strange !== undefined)
    return failure(usage(`\`--${strange}\` does not go with \`image ${action}\``, 'Look at `cargo-boxed help image`.'));
  switch (action) {
    case 'build':
      return (await import('./image-build.ts')).imageBuild(session, command);
    case 'check':
      return (await import('./image-check.ts')).imageCheck(session, command);
    case 'push':
      return (await import('./image-push.ts')).imagePush(session, command);
    default: {
      const fix = 'Write `cargo-boxed image build`, `image check IMAGE` or `image push HOST/NAME:TAG`.';
      return failure(usage('`image` lacks a word', fix));
    }
  }
}

async function schemaOf(name: string): Promise<unknown> {
  if (name === 'config') return (await import('../config/schema.ts')).configSchema();
  return name === 'verify' ? (await import('../verify/schema.ts')).verificationSchema() : null;
}

async function runOwn(session: Session, command: OwnCommand): Promise<Result<Answer>> {
  switch (command.name) {
    case 'plan':
      return (await import('./plan.ts')).plan(session, command);
    case 'lock':
      return (await import('./lock.ts')).lock(session, command);
    case 'exec':
    case 'shell':
      return (await import('./run-program.ts')).runProgramInBox(session, command);
    case 'status':
      return (await import('./status.ts')).status(session);
    case 'ls':
      return (await import('./clean-up.ts')).ls(session);
    case 'prune':
      return (await import('./clean-up.ts')).prune(session, command);
    case 'reset':
      return (await import('./clean-up.ts')).reset(session);
    case 'layers':
      return (await import('./layers.ts')).layers(session, command);
    case 'image':
      return image(session, command);
    case 'ci':
      return (await import('./ci.ts')).ci(session, command);
    case 'cache':
      return (await import('./cache.ts')).cache(session, command);
    case 'devcontainer':
      return (await import('./devcontainer.ts')).devcontainer(session, command);
    case 'grant':
      return (await import('./grant.ts')).grant(session, command);
    case 'grants':
      return (await import('./grants.ts')).grants(session);
    case 'revoke':
      return (await import('./grant.ts')).revoke(session, command);
    case 'verify':
      return (await import('./verify.ts')).verify(session, command);
    case 'doctor':
      return (await import('./doctor.ts')).doctor(session);
    case 'selftest':
      return (await import('./selftest.ts')).selftest(session);
    case 'completions': {
      const { completionScript } = await import('../invocation/complete.ts');
      const script = completionScript(command.arguments[0] as Shell);
      return success({ status: 0, text: script, data: { script } });
    }
    case 'schema': {
      const [of = 'config'] = command.arguments;
      const schema = await schemaOf(of);
      if (schema === null) {
        const { usage } = await import('../invocation/usage-problems.ts');
        return failure(usage(`there is no schema of \`${printable(of, 60)}\``, 'Write `config` or `verify`.'));
      }
      return success({ status: 0, text: `${JSON.stringify(schema, null, 2)}\n`, data: schema });
    }
    case 'help': {
      const text = (await import('../invocation/help-text.ts')).helpText(command.arguments[0]);
      return success({ status: 0, text, data: { text } });
    }
    case 'version': {
      return success({ status: 0, text: `cargo-boxed ${toolVersion}\n`, data: { version: toolVersion } });
    }
    default:
      return unreachable(command.name);
  }
}
