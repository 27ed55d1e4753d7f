/**
 * What follows the folder in a package ID (`path+file:///folder#name@version`). Cargo leaves the name out where the folder
 * is called like the package, so it is another one where the same folder has another name: `from` there, `to` here.
 */
export function moveFragment(fragment: string, from: string, to: string): string {
  const [, name = from, version] = /^#(?:([\w-]{1,128})@)?(\d[\w.+-]{0,128})$/.exec(fragment) ?? [];
  if (version === undefined) return fragment;
  return name === to ? `#${version}` : `#${name}@${version}`;
}
