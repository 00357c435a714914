import type { StreamWire } from '../stream-wire.ts';
import { eventFrames, lineFrames } from './framing.ts';
import { StreamedApi } from './streamed-api.ts';

/** Makes an API be asked for streams. */
export type Streaming = (wire: StreamWire) => StreamedApi;

/** Loads what reading streams takes. */
export async function openStreams(): Promise<Streaming> {
  const { createParser } = await import('eventsource-parser');
  const framings = { events: eventFrames(createParser), lines: lineFrames };
  return (wire) => new StreamedApi(wire, framings[wire.framing]);
}
