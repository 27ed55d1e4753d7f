import profile from '../../../images/seccomp/docker.json' with { type: 'json' };

/**
 * The system calls that a box may make, as the engine takes it. Narrower than the engine's own default, which lets
 * AF_VSOCK and io_uring through in Docker 20.10 (measured).
 */
export function seccompProfile(): string {
  return JSON.stringify(profile);
}
