import { AppError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit-codes.ts';
import type { Interrupt, Io } from '../io.ts';

const EXIT_CODES: Readonly<Record<Interrupt, number>> = {
  SIGHUP: EXIT.sighup,
  SIGINT: EXIT.sigint,
  SIGTERM: EXIT.sigterm,
};

/**
 * Does something that a signal cuts off, and resolves to its exit code, or to that of the signal; a second signal ends
 * the process at once.
 */
export async function interruptible(
  io: Io,
  hint: string,
  act: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  let code: number | undefined;
  const end = io.signals.onInterrupt((name) => {
    if (code !== undefined) io.exit(EXIT_CODES[name]);
    code = EXIT_CODES[name];
    controller.abort(new AppError('interrupted', `interrupted by ${name}`, { hint }));
  });
  try {
    return await act(controller.signal);
  } catch (error) {
    if (code === undefined || error !== controller.signal.reason) throw error;
    io.stderr.write(`${controller.signal.reason.message}\nhint: ${hint}\n`);
    return code;
  } finally {
    end();
  }
}
