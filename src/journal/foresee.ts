import type { Source } from '../core/record.ts';
import type { JournalOptions } from './journal.ts';
import { readChecked } from './read-checked.ts';
import type { Spent } from './read-journal.ts';
import { resumeSource } from './resume-source.ts';

/** What a run would find in its journal. */
export interface Foreseen {
  /** What the rows that are there took, as far as they tell. */
  readonly spent: Spent;
  /** Records that are done already, of those that `source` has yielded or passed over so far. */
  readonly done: number;
  /** The same of records that are new where only failed ones are done again. */
  readonly leftOut: number;
  /** The records that would be done. `rows()` throws `text_changed` as that of a run does. */
  source(inner: Source): Source;
}

/** Looks at a journal as a run would, without a lock and without a change. Throws as `readChecked` does. */
export async function foreseeJournal(options: JournalOptions): Promise<Foreseen> {
  const { content, own } = await readChecked(options);
  const { onChange, name, usedFields, onlyFailed } = options;
  const foreseen = { spent: content.spent, done: 0, leftOut: 0 };
  const leaveOut = (): void => {
    foreseen.leftOut += 1;
  };
  return Object.assign(foreseen, {
    source: (inner: Source): Source =>
      resumeSource({
        ...{ inner, onChange, name, usedFields, emit: () => {} },
        rows: content.rows,
        maker: content.makers.indexOf(own.name),
        leaveOut: onlyFailed ? leaveOut : undefined,
        reuse: () => {
          foreseen.done += 1;
        },
      }),
  });
}
