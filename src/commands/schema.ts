import { EXIT } from '../core/exit-codes.ts';
import { rowJsonSchema } from '../output/row-schema.ts';
import type { Io } from './io.ts';

/** `gistmill schema`: prints the JSON Schema of a result. */
export async function schemaCommand(io: Io): Promise<number> {
  io.stdout.write(`${JSON.stringify(rowJsonSchema(), null, 2)}\n`);
  return EXIT.done;
}
