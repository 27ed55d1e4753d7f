/** Whether one of the patterns is the whole reference: `*` stands for anything but `/`, `**` for anything. */
export function matchesImage(reference: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => expression(pattern).test(reference));
}

function expression(pattern: string): RegExp {
  // Runs of stars are one: no pattern takes long on any reference, which has at most 512 characters.
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part.startsWith('**')) return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
