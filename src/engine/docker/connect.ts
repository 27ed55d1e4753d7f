import { Agent, type AgentOptions } from 'node:http';
import Docker, { type DockerOptions } from 'dockerode';
import { failure, type Result, success } from '../../base/result.ts';
import { type Problem, printable } from '../../problem/problem.ts';
import { deadline } from './deadline.ts';
import { commonApi, type EngineFacts, engineFacts, oldestApi } from './engine-facts.ts';
import type { EngineSocket } from './find-socket.ts';
import type { FactsMemory } from './remembered-facts.ts';

/** A line to the engine in a version that both sides speak. */
export interface Connection {
  readonly docker: Docker;
  readonly facts: EngineFacts;
  readonly socket: EngineSocket;
  /** By the id of an image: the names of its variables, as far as it was looked at. */
  readonly imageVariables: Map<string, readonly string[]>;
}

const answerWithinMs = 10_000;

export async function connect(socket: EngineSocket, memory: FactsMemory): Promise<Result<Connection>> {
  // Without a name of a server Node would find out, by an expression that takes 4 ms to compile, that a socket has none.
  const agent = new Agent({ keepAlive: true, servername: '' } as AgentOptions);
  try {
    const facts = await deadline(askFacts(client(socket.path, agent), memory), answerWithinMs, 'its version');
    const api = commonApi(facts);
    if (api === null) return failure(tooOld(facts, socket));
    return success({ docker: client(socket.path, agent, api), facts, socket, imageVariables: new Map() });
  } catch (error) {
    // A question without an answer would keep the process alive for as long as the other side holds the line.
    agent.destroy();
    return failure(unreachable(error, socket));
  }
}

/** An engine that is known, and is still the same process, is not asked. */
async function askFacts(docker: Docker, memory: FactsMemory): Promise<EngineFacts> {
  const known = memory.recall();
  if (known !== null) return known;
  const [version, info] = await Promise.all([docker.version(), docker.info()]);
  const facts = engineFacts(version, info);
  memory.remember(facts);
  return facts;
}

/** Every field that the library would take from the process's variables is given: DOCKER_HOST is read by us alone. */
function client(socketPath: string, agent: Agent, api?: string): Docker {
  const options = {
    socketPath,
    host: undefined,
    port: undefined,
    protocol: 'http',
    agent,
    ...(api === undefined ? {} : { version: `v${api}` }),
  };
  return new Docker(options as unknown as DockerOptions);
}

function tooOld(facts: EngineFacts, socket: EngineSocket): Problem {
  return {
    code: 'engine-missing',
    what: `the engine at ${printable(socket.path)} is too old: version ${printable(facts.version, 40)}`,
    why: `it speaks version ${printable(facts.apiVersion, 20)} of the interface, and ${oldestApi} is needed`,
    fix: 'Install Docker 20.10 or newer, or use `--engine bwrap`.',
  };
}

function unreachable(error: unknown, socket: EngineSocket): Problem {
  const code = (error as NodeJS.ErrnoException).code;
  const at = `the engine at ${printable(socket.path)} (from ${socket.origin})`;
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      code: 'engine-missing',
      what: `${at} may not be used by this user`,
      fix: 'Join its group (`sudo usermod -aG docker "$USER"`, then log in again), use a rootless engine, or `--engine bwrap`.',
    };
  }
  if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTSOCK') {
    return {
      code: 'engine-missing',
      what: `${at} does not run`,
      why: code === 'ECONNREFUSED' ? 'nobody listens on the socket' : 'there is no such socket',
      fix: 'Start it (`sudo systemctl start docker`), or use `--engine bwrap`.',
    };
  }
  return {
    code: 'engine-failed',
    what: `${at} did not answer`,
    why: reasonOf(error),
    fix: 'Look at its log (`journalctl -u docker`), or use `--engine bwrap`.',
  };
}

/** The engine's own words, safe to print. */
export function reasonOf(error: unknown): string {
  const answer = (error as { json?: { message?: unknown } }).json?.message;
  const text = typeof answer === 'string' ? answer : error instanceof Error ? error.message : String(error);
  return printable(text.trim(), 600);
}

export function statusOf(error: unknown): number | null {
  const status = (error as { statusCode?: unknown }).statusCode;
  return typeof status === 'number' ? status : null;
}
