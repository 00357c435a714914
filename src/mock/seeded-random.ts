/** What a number is drawn for: each purpose has draws of its own. */
const PURPOSES = { fault: 1, status: 2, latency: 3, spread: 4, tokenLatency: 5, tokenSpread: 6 } as const;

/** A number in [0, 1), always the same for the same purpose. */
export type Draw = (purpose: keyof typeof PURPOSES) => number;

/** The draws that belong to one attempt at one prompt: the order in which requests come changes nothing. */
export function seededDraw(seed: number, key: number, attempt: number): Draw {
  const base = absorb(absorb(absorb(0x9e3779b9, seed), key), attempt);
  return (purpose) => (absorb(base, PURPOSES[purpose]) >>> 0) / 2 ** 32;
}

const encoder = new TextEncoder();

/** Reused, since a hash is made for every request; holds the UTF-8 bytes of one text, up to 3 a UTF-16 unit. */
let scratch = new Int32Array(1 << 14);

/**
 * A 53-bit hash of some texts in their order, as an integer: it fits a number, and among a million of them two
 * are alike with a chance of 1 in 18,000. Two multiplicative lanes over 32-bit words, each finished as in
 * MurmurHash3; not for security.
 */
export class TextHash {
  #low = 0x811c9dc5;
  #high = 0x2f0b4c47;

  add(text: string): this {
    const needed = Math.ceil((text.length * 3) / 4) + 1;
    if (needed > scratch.length) scratch = new Int32Array(needed * 2);
    const bytes = new Uint8Array(scratch.buffer);
    const { written } = encoder.encodeInto(text, bytes);
    // The last word is filled up with zeros; the length tells them from zeros in the text.
    bytes.fill(0, written, written + 3);
    const words = Math.ceil(written / 4);
    let low = this.#low ^ written;
    let high = this.#high;
    for (let i = 0; i < words; i++) {
      const word = scratch[i] ?? 0;
      low = Math.imul(low ^ word, 0x01000193);
      high = Math.imul(((high << 5) | (high >>> 27)) ^ word, 0x9e3779b1);
    }
    this.#low = finish(low);
    this.#high = finish(high ^ this.#low);
    return this;
  }

  value(): number {
    return (this.#high >>> 11) * 2 ** 32 + (this.#low >>> 0);
  }
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
