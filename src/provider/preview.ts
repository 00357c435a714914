import { wireOf } from '../catalog/find-provider.ts';
import { Cancellation } from '../core/cancel-signal.ts';
import type { CompletionRequest } from '../core/request.ts';
import type { Transport } from './http-transport.ts';
import { type OpenSettings, openProvider } from './open-provider.ts';

/** A request as it would go over the wire, without its headers, which hold the key. */
export interface WrittenRequest {
  /** Without its query, which may hold a key. */
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/** Writes a request as the provider would, and sends nothing. Undefined where the provider sends nothing itself. */
export type Preview = (request: CompletionRequest) => Promise<WrittenRequest | undefined>;

/** Rejects with `usage` for settings that cannot work. What it gives rejects with what keeps a request from being written. */
export async function openPreview(settings: OpenSettings): Promise<Preview> {
  const wire = wireOf(settings.provider);
  if (wire === 'local' || wire === 'own') return async () => undefined;
  let written: WrittenRequest | undefined;
  const transport: Transport = {
    post: async ({ url, headers, body }) => {
      const { origin, pathname } = new URL(url);
      written = { url: origin + pathname, contentType: headers['content-type'] ?? '', body };
      throw new Error('nothing is sent');
    },
    close: async () => {},
  };
  // Nobody sees the key; without one, some providers refuse to be made.
  const provider = await openProvider({ ...settings, apiKey: settings.apiKey ?? 'none' }, { transport });
  return async (request) => {
    written = undefined;
    try {
      await provider.attempt(request, new Cancellation());
    } catch (error) {
      if (written === undefined) throw error;
    }
    return written;
  };
}
