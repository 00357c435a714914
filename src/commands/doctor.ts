import { diagnose } from '../doctor/doctor.ts';
import { doctorJson, doctorText } from '../doctor/doctor-text.ts';
import type { Io } from './io.ts';

/**
 * `gistmill doctor`: tells what is configured, and whether the endpoint is there and takes it. Resolves to 0 where all is
 * well, 1 where something is worth looking at, 2 for the configuration's fault, 3 for the endpoint's.
 */
export async function doctorCommand(flags: Readonly<Record<string, unknown>>, io: Io): Promise<number> {
  const diagnosis = await diagnose({
    ...{ flags, env: io.env, cwd: io.cwd, nodeVersion: io.nodeVersion },
    mayAsk: flags.request !== false,
  });
  io.stdout.write(flags.json === true ? `${JSON.stringify(doctorJson(diagnosis))}\n` : doctorText(diagnosis));
  return diagnosis.exitCode;
}
