const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LOWER_U = 0x75;
const ZERO = 0x30;
const NINE = 0x39;

const BAD = -1;
/** Deeper values count as invalid: the scan calls itself for each level. */
const DEEPEST = 1000;

const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const NUMBER_CHARS = new Set(Buffer.from('0123456789+-.eE'));
/** 1 for each byte that may stand in a string and means itself. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === QUOTE || byte === BACKSLASH ? 0 : 1,
);
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const ESCAPED = new Set(Buffer.from('"\\/bfnrtu'));
const HEX = /^[0-9a-fA-F]{4}$/;

/**
 * Goes over JSON as `JSON.stringify` writes it, without white space, and tells whether it is valid; a fraction of
 * the time that JSON.parse takes, since it makes nothing of it. What it refuses may still be valid JSON; what it
 * accepts is. Bytes above 127 pass: whether they are UTF-8 is for others to know.
 */
export class JsonScanner {
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;

  /** Calls back for each member of the object that fills these bytes. Returns whether all of it is valid. */
  members(
    bytes: Buffer,
    from: number,
    to: number,
    visit: (nameFrom: number, nameTo: number, valueFrom: number, valueTo: number) => void,
  ): boolean {
    this.#bytes = bytes;
    this.#end = to;
    return bytes[from] === OPEN_BRACE && this.#object(from, 0, visit) === to;
  }

  #value(at: number, depth: number): number {
    const byte = this.#byte(at);
    if (byte === QUOTE) return this.#string(at);
    if (byte === OPEN_BRACE) return depth > DEEPEST ? BAD : this.#object(at, depth);
    if (byte === OPEN_BRACKET) return depth > DEEPEST ? BAD : this.#array(at, depth);
    return this.#word(at) ?? this.#number(at);
  }

  #object(
    from: number,
    depth: number,
    visit?: (nameFrom: number, nameTo: number, valueFrom: number, valueTo: number) => void,
  ): number {
    let at = from + 1;
    if (this.#byte(at) === CLOSE_BRACE) return at + 1;
    for (;;) {
      if (this.#byte(at) !== QUOTE) return BAD;
      const colon = this.#string(at);
      if (colon === BAD || this.#byte(colon) !== COLON) return BAD;
      const next = this.#value(colon + 1, depth + 1);
      if (next === BAD) return BAD;
      visit?.(at + 1, colon - 1, colon + 1, next);
      const byte = this.#byte(next);
      if (byte === CLOSE_BRACE) return next + 1;
      if (byte !== COMMA) return BAD;
      at = next + 1;
    }
  }

  #array(from: number, depth: number): number {
    let at = from + 1;
    if (this.#byte(at) === CLOSE_BRACKET) return at + 1;
    for (;;) {
      const next = this.#value(at, depth + 1);
      if (next === BAD) return BAD;
      const byte = this.#byte(next);
      if (byte === CLOSE_BRACKET) return next + 1;
      if (byte !== COMMA) return BAD;
      at = next + 1;
    }
  }

  /** The place after the closing quote. */
  #string(from: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = from + 1;
    for (;;) {
      while (at < end && PLAIN[bytes[at] as number] === 1) at += 1;
      const byte = this.#byte(at);
      if (byte === QUOTE) return at + 1;
      if (byte !== BACKSLASH) return BAD;
      const escaped = this.#byte(at + 1);
      if (!ESCAPED.has(escaped)) return BAD;
      if (escaped === LOWER_U && !HEX.test(bytes.toString('latin1', at + 2, at + 6))) return BAD;
      at += 2;
    }
  }

  #number(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (at < this.#end && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE) at += 1;
    const isWhole = at > from && (bytes[from] !== ZERO || at === from + 1);
    if (isWhole && !NUMBER_CHARS.has(this.#byte(at))) return at;
    while (NUMBER_CHARS.has(this.#byte(at))) at += 1;
    return NUMBER.test(bytes.toString('latin1', from, at)) ? at : BAD;
  }

  #word(from: number): number | undefined {
    const first = this.#byte(from);
    for (const word of WORDS) {
      if (word[0] === first) return hasWord(this.#bytes, from, this.#end, word) ? from + word.length : BAD;
    }
    return undefined;
  }

  #byte(at: number): number {
    return at < this.#end ? (this.#bytes[at] ?? BAD) : BAD;
  }
}

/** Whether this word stands at this place. Faster than `Buffer.compare` for words of a few letters. */
export function hasWord(bytes: Buffer, from: number, end: number, word: Buffer): boolean {
  if (from + word.length > end) return false;
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false;
  return true;
}
