/** Whether a pattern is the whole path of a project. Each part is matched alone, so that no pattern takes long. */
export function matchesProject(project: string, pattern: string): boolean {
  const parts = project.split('/');
  let reachable = new Set([0]);
  for (const wanted of pattern.split('/')) {
    const next = new Set<number>();
    for (const at of reachable) {
      if (wanted === '**') for (let index = at; index <= parts.length; index += 1) next.add(index);
      else if (at < parts.length && matchesPart(parts[at] ?? '', wanted)) next.add(at + 1);
    }
    reachable = next;
  }
  return reachable.has(parts.length);
}

/** `*` stands for anything: the pieces between must follow one another. */
function matchesPart(part: string, wanted: string): boolean {
  const [first = '', ...rest] = wanted.split('*');
  const last = rest.pop();
  if (last === undefined) return part === wanted;
  if (!part.startsWith(first) || !part.endsWith(last) || part.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = part.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= part.length - last.length;
}
