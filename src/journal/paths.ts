/** The files that stand beside a journal. Its lock is `FILE.lock`. */
export interface JournalPaths {
  readonly file: string;
  /** The settings that made its rows. */
  readonly manifest: string;
  /** Lines that are no rows are moved here. */
  readonly damaged: string;
  /** The file while it is written anew. */
  readonly temporary: string;
  /** What a compressed file holds, while it is written anew. */
  readonly unpacked: string;
  /** Answers about parts of texts that have no row yet. */
  readonly parts: string;
  /** What runs have taken from limits by the day. */
  readonly limits: string;
}

export function pathsOf(file: string): JournalPaths {
  return {
    file,
    manifest: `${file}.gistmill`,
    damaged: `${file}.damaged`,
    temporary: `${file}.gistmill-tmp`,
    unpacked: `${file}.gistmill-plain`,
    parts: `${file}.gistmill-parts`,
    limits: `${file}.gistmill-limits`,
  };
}
