/**
 * Each of these names in each of these folders. A name may have folders in it, since headers do; one that climbs has no
 * place, so nothing outside of where such things are is looked at.
 */
export function placesBelow(folders: readonly string[], ...names: readonly string[]): readonly string[] {
  const staying = names.filter((name) => !name.split('/').includes('..'));
  return folders.flatMap((folder) => staying.map((name) => `${folder}/${name}`));
}
