import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import { printable } from '../../problem/problem.ts';
import { reasonOf } from './connect.ts';

/** How a container ended, or that nobody can say. */
export type Ended =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'lost'; readonly why: string };

/**
 * Waits for a started container's end. The engine sends its headers at once and the status at the end; the library's
 * own `wait` never settles when the engine dies in between, so the answer is read as a stream here.
 */
export async function waitForEnd(docker: Docker, container: Container): Promise<Ended> {
  try {
    const answer = JSON.parse(await text(await openWait(docker, container))) as WaitAnswer;
    const message = answer.Error?.Message;
    if (message) return { kind: 'lost', why: printable(message, 600) };
    if (typeof answer.StatusCode === 'number') return { kind: 'status', status: answer.StatusCode };
    return { kind: 'lost', why: 'the engine gave no status' };
  } catch (error) {
    return { kind: 'lost', why: `the engine went away while the box ran: ${reasonOf(error)}` };
  }
}

interface WaitAnswer {
  readonly StatusCode?: number;
  readonly Error?: { readonly Message?: string } | null;
}

function openWait(docker: Docker, container: Container): Promise<Readable> {
  const request = {
    path: `/containers/${container.id}/wait`,
    method: 'POST',
    isStream: true,
    statusCodes: { 200: true, 400: 'bad parameter', 404: 'no such container', 500: 'server error' },
  };
  return new Promise((resolve, reject) => {
    docker.modem.dial(request, (error: unknown, answer: unknown) =>
      error ? reject(error) : resolve(answer as Readable),
    );
  });
}
