import type { ChunkSize } from '../core/text-tools.ts';
import { mostTokens } from '../tokens/most-tokens.ts';
import { skipBlanks, trimBlanks } from './blanks.ts';
import { type CutWish, chooseCut } from './choose-cut.ts';
import { characterEnd, characterStart, graphemeEnd } from './graphemes.ts';
import { countLong, type Meter } from './meter.ts';
import { overlapStart } from './overlap.ts';
import { TokenMap } from './token-map.ts';

/** A stretch of a text, in UTF-16 units. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** How full parts are meant to be on average, which leaves room to choose good places to cut. */
const FILL = 0.95;
/** Units that are counted in one go to know where tokens stand, in shares of the tokens of a part, and their bounds. */
const PIECE_SHARE = 0.25;
const PIECE_BOUNDS = [16, 4096] as const;
/** What the map puts beyond this need not be counted: in small pieces a text has some tokens more. */
const FAR_BEYOND = { factor: 1.5, tokens: 16 } as const;
/** A grapheme with more UTF-16 units than this for each token that is allowed is not looked at whole. */
const LONGEST_GRAPHEME = 8;

/**
 * Cuts a text into parts of at most `maxTokens` each, as the meter counts them, all of about the same size. Blanks at
 * the cuts are left out. A grapheme is only cut where it alone is larger than a part, and a character (a surrogate
 * pair) never, even where it alone has more than `maxTokens`. There is always a part; a text of blanks has an empty one.
 */
export async function cutText(text: string, size: ChunkSize, meter: Meter): Promise<readonly Range[]> {
  const whole = { from: 0, to: text.length };
  if (await fits(text, size.maxTokens, meter)) return [whole];
  const end = trimBlanks(text, text.length, 0);
  if (end === 0) return [{ from: 0, to: 0 }];
  const trimmed = text.slice(0, end);
  const map = await TokenMap.of(trimmed, meter, pieceLengthFor(size.maxTokens));
  const cutter = new Cutter(trimmed, size, meter, map);
  const parts = [await cutter.part(skipBlanks(text, 0))];
  for (let last = parts[0]; last !== undefined && last.to < end; last = parts.at(-1)) {
    parts.push(await cutter.part(skipBlanks(text, last.to), last));
  }
  return parts;
}

/** The beginning of a text, at most `maxTokens` long, that ends where a paragraph or a sentence does if one is near. */
export async function cutHead(text: string, maxTokens: number, meter: Meter): Promise<Range> {
  const whole = { from: 0, to: text.length };
  if (await fits(text, maxTokens, meter)) return whole;
  const map = await TokenMap.of(text, meter, pieceLengthFor(maxTokens), maxTokens);
  return new Cutter(text, { maxTokens, overlapTokens: 0 }, meter, map).fullPart(skipBlanks(text, 0));
}

async function fits(text: string, maxTokens: number, meter: Meter): Promise<boolean> {
  return mostTokens(text) <= maxTokens || (await countLong(text, meter, maxTokens)) <= maxTokens;
}

function pieceLengthFor(maxTokens: number): number {
  const [least, most] = PIECE_BOUNDS;
  return Math.max(least, Math.min(most, Math.floor(maxTokens * PIECE_SHARE)));
}

class Cutter {
  readonly #text: string;
  readonly #maxTokens: number;
  readonly #overlapTokens: number;
  readonly #meter: Meter;
  readonly #map: TokenMap;

  constructor(text: string, { maxTokens, overlapTokens }: ChunkSize, meter: Meter, map: TokenMap) {
    this.#text = text;
    this.#maxTokens = maxTokens;
    // More would leave less for what is new than for what is known.
    this.#overlapTokens = Math.min(overlapTokens, Math.floor(maxTokens / 2));
    this.#meter = meter;
    this.#map = map;
  }

  /** The part in which `start` is the first thing that no part before has. */
  async part(start: number, before?: Range): Promise<Range> {
    const from = before === undefined ? start : await this.#overlapStart(before);
    if (await this.#isFitting(from, this.#text.length)) return { from, to: this.#text.length };
    const fitted = await this.#fit(from, start, this.#evenWish(from, start));
    // Nothing new goes in behind what is repeated.
    return fitted ?? (from < start ? this.part(start) : this.#fitWithin(start));
  }

  /** The part from `start` with as much as goes in. */
  async fullPart(start: number): Promise<Range> {
    const most = this.#map.offsetAt(this.#map.before(start) + this.#maxTokens);
    const fitted = await this.#fit(start, start, { least: start, ideal: most, most });
    return fitted ?? this.#fitWithin(start);
  }

  /** So that all parts that are still to come are of about the same size. */
  #evenWish(from: number, start: number): CutWish {
    const map = this.#map;
    const here = map.before(start);
    const room = this.#maxTokens - (here - map.before(from));
    const laterRoom = this.#maxTokens - this.#overlapTokens;
    const left = map.total - here;
    const later = Math.max(1, Math.ceil((left - room * FILL) / (laterRoom * FILL)));
    const ideal = Math.min(room, left / (later + 1));
    return {
      least: map.offsetAt(here + left - later * laterRoom),
      ideal: map.offsetAt(here + ideal),
      most: map.offsetAt(here + room),
    };
  }

  /** The part from `from` on, cut as wished behind `start`; undefined where not even one more grapheme goes in. */
  async #fit(from: number, start: number, wish: CutWish): Promise<Range | undefined> {
    const text = this.#text;
    let { ideal, most } = wish;
    while (most > start) {
      const cut = chooseCut(text, start, { ...wish, ideal, most });
      if (cut <= start) return undefined;
      const to = trimBlanks(text, cut, start + 1);
      const excess = (await countLong(text.slice(from, to), this.#meter)) - this.#maxTokens;
      if (excess <= 0) return { from, to };
      most = Math.min(to - 1, this.#map.offsetAt(this.#map.before(to) - excess));
      ideal = Math.min(ideal, most);
    }
    return undefined;
  }

  /** A part of one grapheme, or of some of its characters where that is too large. */
  async #fitWithin(start: number): Promise<Range> {
    const text = this.#text;
    const whole = graphemeEnd(text, start, this.#maxTokens * LONGEST_GRAPHEME + LONGEST_GRAPHEME);
    if (whole !== undefined && (await this.#isFitting(start, whole))) return { from: start, to: whole };
    const one = characterEnd(text, start);
    const most = this.#map.offsetAt(this.#map.before(start) + this.#maxTokens);
    let to = characterStart(text, Math.min(most, whole ?? most));
    while (to > one && !(await this.#isFitting(start, to))) {
      to = characterStart(text, start + Math.floor((to - start) * 0.9));
    }
    return { from: start, to: Math.max(one, to) };
  }

  async #isFitting(from: number, to: number): Promise<boolean> {
    const about = this.#map.before(to) - this.#map.before(from);
    if (about > this.#maxTokens * FAR_BEYOND.factor + FAR_BEYOND.tokens) return false;
    return (await countLong(this.#text.slice(from, to), this.#meter)) <= this.#maxTokens;
  }

  async #overlapStart({ from, to }: Range): Promise<number> {
    const text = this.#text;
    const most = this.#overlapTokens;
    let earliest = Math.max(from + 1, this.#map.offsetAt(this.#map.before(to) - most));
    while (most > 0 && earliest < to) {
      const start = overlapStart(text, earliest, to, from);
      if (start < to && (await countLong(text.slice(start, to), this.#meter)) <= most) return start;
      earliest = start + 1;
    }
    return skipBlanks(text, to);
  }
}
