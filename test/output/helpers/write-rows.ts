/**
 * A program for the tests: writes rows to what it is told, as the engine does, with at most
 * `window` writes open. Arguments: settings of the sink and { rows, chars, window } as JSON.
 * Ends with one line of JSON on stderr: how many writes came back well, and the error if any.
 */
import { toAppError } from '../../../src/core/errors.ts';
import { openSink } from '../../../src/output/open-sink.ts';
import { okOutcome } from './outcomes.ts';

const settings = JSON.parse(process.argv[2] ?? '');
const { rows, chars, window } = JSON.parse(process.argv[3] ?? '');

let written = 0;
let error: unknown;

async function writeAll(): Promise<void> {
  const sink = await openSink(settings, process.stdout);
  const open = new Set<Promise<void>>();
  try {
    for (let index = 0; index < rows && error === undefined; index++) {
      const write = sink
        .write(okOutcome(index, { text: 'é'.repeat(chars) }))
        .then(() => void written++)
        .catch((thrown: unknown) => {
          error ??= thrown;
        })
        .finally(() => open.delete(write));
      open.add(write);
      if (open.size >= window) await Promise.race(open);
    }
    await Promise.all(open);
  } finally {
    await sink.close();
  }
}

await writeAll().catch((thrown: unknown) => {
  error ??= thrown;
});
const failure = error === undefined ? undefined : toAppError(error);
process.stderr.write(`${JSON.stringify({ written, code: failure?.code, message: failure?.message })}\n`);
