/** A 64-bit hash in two halves. Written over by the next fold. */
export interface Folded {
  high: number;
  low: number;
}

/** Folds ASCII bytes of any length into 64 bits, for tables of numbers. The input is a digest, and so evenly spread. */
export function foldBytes(bytes: Uint8Array, from: number, to: number, into: Folded): void {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let i = from; i < to; i++) {
    const code = bytes[i] ?? 0;
    high = Math.imul(high ^ code, 0x5f356495);
    low = Math.imul(low ^ code, 0x32c446bd);
    high = (high << 7) | (high >>> 25);
    low = (low << 11) | (low >>> 21);
  }
  finish(high, low, into);
}

/** The same of a string of ASCII characters. */
export function foldText(text: string, into: Folded): void {
  let high = 0x9e3779b9;
  let low = 0x85ebca6b;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 0x5f356495);
    low = Math.imul(low ^ code, 0x32c446bd);
    high = (high << 7) | (high >>> 25);
    low = (low << 11) | (low >>> 21);
  }
  finish(high, low, into);
}

/** The last steps of MurmurHash3: every bit of the input changes every bit of the result. */
function finish(high: number, low: number, into: Folded): void {
  into.high = mix(high ^ (low >>> 7));
  into.low = mix(low ^ (into.high << 3));
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
