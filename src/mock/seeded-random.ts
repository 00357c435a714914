/** What a number is drawn for: each purpose has draws of its own. */
const PURPOSES = { fault: 1, status: 2, latency: 3, spread: 4 } as const;

/** A number in [0, 1), always the same for the same purpose. */
export type Draw = (purpose: keyof typeof PURPOSES) => number;

/** The draws that belong to one attempt at one prompt: the order in which requests come changes nothing. */
export function seededDraw(seed: number, key: number, attempt: number): Draw {
  const base = absorb(absorb(absorb(0x9e3779b9, seed), key), attempt);
  return (purpose) => (absorb(base, PURPOSES[purpose]) >>> 0) / 2 ** 32;
}

/**
 * A 53-bit hash of a text, as an integer: it fits a number, and a million texts collide with a chance of 1 in 18,000.
 * Two multiplicative lanes, each finished as in MurmurHash3; not for security.
 */
export function hashText(text: string): number {
  let low = 0x811c9dc5;
  let high = 0x2f0b4c47;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(((high << 5) | (high >>> 27)) ^ unit, 0x9e3779b1);
  }
  low = finish(low ^ text.length);
  high = finish(high ^ low);
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** Takes the whole of an integer below 2^53 into a 32-bit state. */
function absorb(state: number, value: number): number {
  return finish(finish(state ^ (value >>> 0)) + Math.floor(value / 2 ** 32));
}

/** The 32-bit finaliser of MurmurHash3 (fmix32). */
function finish(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
