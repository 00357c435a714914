/** Where one JSON object or array, or what was meant as one, stands within a text. */
export interface Region {
  readonly from: number;
  readonly to: number;
}

export interface Regions {
  readonly found: readonly Region[];
  /** The text ends within one: it was cut off. */
  readonly isOpen: boolean;
}

const OPENING = /[{[]/g;
const BRACKETS = /["'{}[\]]/g;

/**
 * Finds the objects and arrays of a text, those within others aside, by their brackets. What stands between quotation
 * marks is passed over, single ones included where they are used like double ones.
 */
export function findRegions(text: string): Regions {
  const found: Region[] = [];
  let at = 0;
  for (;;) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(text);
    if (opening === null) return { found, isOpen: false };
    const to = endOf(text, opening.index);
    if (to === undefined) return { found, isOpen: true };
    found.push({ from: opening.index, to });
    at = to;
  }
}

/** The place after the bracket that closes the one at `from`. */
function endOf(text: string, from: number): number | undefined {
  const closing: string[] = [];
  let at = from;
  for (;;) {
    BRACKETS.lastIndex = at;
    const match = BRACKETS.exec(text);
    if (match === null) return undefined;
    const [mark] = match;
    at = match.index + 1;
    if (mark === '"' || (mark === "'" && opensText(text, match.index))) {
      const end = endOfText(text, at, mark);
      if (end === undefined) return undefined;
      at = end;
    } else if (mark === '{') closing.push('}');
    else if (mark === '[') closing.push(']');
    else if (mark !== "'") {
      if (closing.pop() !== mark) return undefined;
      if (closing.length === 0) return at;
    }
  }
}

/** Whether a single quotation mark stands where a text may begin, unlike an apostrophe. */
function opensText(text: string, at: number): boolean {
  let before = at - 1;
  while (before > 0 && /\s/.test(text[before] ?? '')) before -= 1;
  return /[{[,:]/.test(text[before] ?? '');
}

/** The place after the closing mark; for a single one, of those that something of JSON follows. */
function endOfText(text: string, from: number, mark: '"' | "'"): number | undefined {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === mark && (mark === '"' || /^\s*[,:}\]]/.test(text.slice(at + 1, at + 40)))) {
      return at + 1;
    }
  }
  return undefined;
}
