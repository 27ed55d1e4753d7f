/**
 * Log lines that a CI service would take for commands get a visible mark. `::` counts at the start of a line after any
 * white space, the others anywhere in it: that is how the services read them.
 */
export interface CommandGuard {
  /** Text without control sequences, whole characters; gives the same with marks. Cuts do not matter. */
  text(text: string): string;
  /** A colour change follows: gives what was held back. */
  sequence(): string;
  end(): string;
}

const mark = '│';
/** Each ends in a character of its own, which is where the mark is set. */
const commandWords = ['##[', '##vso[', '##teamcity[', 'section_start:', 'section_end:'];
const recentLength = Math.max(...commandWords.map((word) => word.length));
const mostHeld = 64;

/** Characters that a comparison of text skips: a service that ignores them still sees the command. */
const ignorable = /\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb]/gu;

export function guardCommands(): CommandGuard {
  /** `start`: only white space in this line so far; `colon`: one colon after it, held back; `inside`: anything else. */
  let state: 'start' | 'colon' | 'inside' = 'start';
  let held = '';
  let recent = '';

  const release = (next: typeof state): string => {
    const text = held;
    held = '';
    state = next;
    return text;
  };
  const atStart = (character: string): string => {
    if (isSkipped(character) || /\s/.test(character)) return character;
    state = character === ':' ? 'colon' : 'inside';
    if (state === 'inside') return inside(character);
    held = character;
    return '';
  };
  const afterColon = (character: string): string => {
    if (isSkipped(character) && held.length < mostHeld) {
      held += character;
      return '';
    }
    const isCommand = character === ':' || isSkipped(character);
    return (isCommand ? `${mark} ` : '') + release('inside') + inside(character);
  };
  const inside = (character: string): string => {
    const word = recent + character.toLowerCase();
    const isCommand = commandWords.some((command) => word.endsWith(command));
    remember(character);
    return isCommand ? mark + character : character;
  };
  const remember = (text: string) => {
    recent = (recent + text.replace(ignorable, '').toLowerCase()).slice(-recentLength);
  };
  const take = (character: string): string => {
    if (character === '\n' || character === '\r') {
      recent = '';
      return release('start') + character;
    }
    if (state === 'start') return atStart(character);
    return state === 'colon' ? afterColon(character) : inside(character);
  };

  return {
    text: (text) => {
      const parts: string[] = [];
      for (let index = 0; index < text.length; ) {
        const next = state === 'inside' ? nextOfInterest(text, index) : index;
        if (next > index) {
          remember(text.slice(Math.max(index, next - mostHeld), next));
          parts.push(text.slice(index, next));
          index = next;
        } else {
          const character = String.fromCodePoint(text.codePointAt(index) as number);
          parts.push(take(character));
          index += character.length;
        }
      }
      return parts.join('');
    },
    sequence: () => (state === 'colon' ? `${mark} ${release('inside')}` : ''),
    end: () => release('inside'),
  };
}

/** Inside of a line only its end and the last character of a command word matter. */
function nextOfInterest(text: string, from: number): number {
  const pattern = /[\n\r:[]/g;
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}

function isSkipped(character: string): boolean {
  ignorable.lastIndex = 0;
  return ignorable.test(character);
}

/** The variables by which the services tell that they are at work. */
export function isContinuousIntegration(variables: Readonly<Record<string, string | undefined>>): boolean {
  const names = ['CI', 'GITHUB_ACTIONS', 'GITLAB_CI', 'TF_BUILD', 'TEAMCITY_VERSION'];
  return names.some((name) => !['', '0', 'false'].includes((variables[name] ?? '').toLowerCase()));
}
