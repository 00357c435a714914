import type { Json, JsonObject } from '../core/json.ts';
import type { Manifest } from '../journal/manifest.ts';
import type { Status } from './status-schema.ts';
import { usedFieldsOf } from './used-fields.ts';

/** The settings that made rows, by the number that the table of rows gives them. */
export interface Maker {
  readonly name: string;
  /** Undefined where the sidecar does not tell. */
  readonly settings: JsonObject | undefined;
  /** Fields, the text aside, of which the content hashes of its rows are made. */
  readonly usedFields: readonly string[];
}

/** `otherFields` are taken where nothing tells which fields a row was made of. */
export function openMakers(
  names: readonly string[],
  manifest: Manifest,
  otherFields: readonly string[],
): Promise<readonly Maker[]> {
  return Promise.all(
    names.map(async (name) => {
      const settings = manifest.get(name);
      const usedFields = settings === undefined ? undefined : await usedFieldsOf(settings);
      return { name, settings, usedFields: usedFields ?? otherFields };
    }),
  );
}

/** Whether the rows of this maker cost nothing: the built-in summariser takes no tokens. */
export function isFree({ settings }: Maker): boolean {
  return settings?.provider === 'local';
}

export function makerJson({ name, settings }: Maker, rows: number): Status['made_by'][number] {
  const { provider, model, url } = settings ?? {};
  return { name, rows, provider: textOf(provider), model: textOf(model), url: textOf(url) };
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
