/** Ends a switch over a union: the compiler refuses a case that was forgotten; at run time it is a fault of ours. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
