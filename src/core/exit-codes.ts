/** What the process's exit code says. Listed in `--help` and in `docs/errors.md`. */
export const EXIT = {
  done: 0,
  someFailed: 1,
  usage: 2,
  endpoint: 3,
  budget: 4,
  output: 5,
  locked: 75,
  sighup: 129,
  sigint: 130,
  sigterm: 143,
} as const;

export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.done, 'all records done'],
  [EXIT.someFailed, 'finished, but some records failed'],
  [EXIT.usage, 'wrong usage or configuration, or an input that cannot be read'],
  [EXIT.endpoint, 'stopped: the endpoint refuses (key, quota, model, URL), or too many failures'],
  [EXIT.budget, 'stopped: your budget is spent, or your deadline has passed'],
  [EXIT.output, 'the output could not be written'],
  [EXIT.locked, 'another run is writing to the output, or a batch is under way: try again later'],
  [EXIT.sighup, 'interrupted by SIGHUP: the terminal was closed'],
  [EXIT.sigint, 'interrupted by SIGINT (Ctrl-C)'],
  [EXIT.sigterm, 'interrupted by SIGTERM'],
];
