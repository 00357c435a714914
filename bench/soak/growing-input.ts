import { rename } from 'node:fs/promises';
import type { Random } from '../../src/core/clock.ts';
import { shuffle } from './random.ts';
import { blocksFor, writeInput } from './records.ts';

/** Shares of the job that are done when lines are added and all are put in another order. */
const CHANGES_AT = [0.25, 0.5, 0.75];
/** Share of the blocks that are there from the beginning. */
const FIRST_SHARE = 0.85;

/** The input of a soak: a file that gets more lines, in another order, between the runs over it. */
export class GrowingInput {
  readonly #path: string;
  readonly #records: number;
  readonly #random: Random;
  /** How many of the blocks are in the file. */
  #held = 0;
  #changes = 0;

  constructor(path: string, records: number, random: Random) {
    this.#path = path;
    this.#records = records;
    this.#random = random;
  }

  get changes(): number {
    return this.#changes;
  }

  get isWhole(): boolean {
    return this.#held === blocksFor(this.#records);
  }

  async begin(): Promise<void> {
    this.#held = Math.floor(blocksFor(this.#records) * FIRST_SHARE);
    await writeInput(this.#path, Array(this.#held).keys(), this.#records);
  }

  /** Adds lines and changes their order, if it is time for it. `share` of the job is done. */
  async grow(share: number): Promise<void> {
    const due = CHANGES_AT[this.#changes];
    if (due === undefined || share < due) return;
    const all = blocksFor(this.#records);
    this.#changes += 1;
    this.#held += Math.ceil((all * (1 - FIRST_SHARE)) / CHANGES_AT.length);
    if (this.#held > all || this.#changes === CHANGES_AT.length) this.#held = all;
    const blocks = Uint32Array.from({ length: this.#held }, (_, number) => number);
    shuffle(blocks, this.#random);
    const fresh = `${this.#path}-new`;
    await writeInput(fresh, blocks, this.#records);
    await rename(fresh, this.#path);
  }
}
