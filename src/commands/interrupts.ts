import { AppError } from '../core/errors.ts';
import { EXIT } from '../core/exit-codes.ts';
import type { RunControl } from '../engine/run-control.ts';
import type { Interrupt, Io } from './io.ts';

/** 128 + the signal's number, as shells report it. */
const EXIT_CODES: Readonly<Record<Interrupt, number>> = {
  SIGHUP: EXIT.sighup,
  SIGINT: EXIT.sigint,
  SIGTERM: EXIT.sigterm,
};

export interface InterruptWatch {
  /** The exit code for the signal that came; undefined if none did. */
  exitCode(): number | undefined;
  end(): void;
}

/** The first signal stops the run gently; a second ends the process at once. */
export function watchInterrupts(io: Io, control: RunControl, graceMs: number): InterruptWatch {
  let code: number | undefined;
  const end = io.signals.onInterrupt((signal) => {
    if (code !== undefined) io.exit(EXIT_CODES[signal]);
    code = EXIT_CODES[signal];
    control.stop(
      new AppError(
        'interrupted',
        `interrupted by ${signal}; requests in flight get ${graceMs / 1000} s to end`,
        {
          hint: 'a second signal ends at once',
        },
      ),
    );
  });
  return { exitCode: () => code, end };
}
