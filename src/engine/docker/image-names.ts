/** The name under which an engine has a root. The whole sum is a label of it: a tag can be moved and is short. */
export function rootImageName(rootSha256: string): string {
  return `cargo-boxed/root:${rootSha256.slice(0, 12)}`;
}

/** The name of an image that was made of another one; the same holds for it. */
export function madeImageName(sum: string): string {
  return `cargo-boxed/image:${sum.slice(0, 12)}`;
}
