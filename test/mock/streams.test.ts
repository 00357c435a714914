import { describe, expect, it } from 'vitest';
import { openMock } from './ask-mock.ts';

const TEXT = 'Eight of them, and then eight more, and then the rest of them all.';
const STREAM = { stream: true };
const WHOLE_TEXT = (text: string) => text;

/** The text of all deltas, and whether the end mark is there. */
function read(stream: string): { readonly text: string; readonly isWhole: boolean } {
  const events = stream.split('\n\n').map((event) => event.replace(/^data: /, ''));
  const chunks = events.filter((event) => event.startsWith('{')).map((event) => JSON.parse(event));
  return {
    text: chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''),
    isWhole: events.includes('[DONE]'),
  };
}

describe('a stream', () => {
  it('takes the latency of a token for each piece, and is the same text', async () => {
    const { chat, server } = await openMock(
      { tokenLatency: { kind: 'uniform', minMs: 5, maxMs: 5 } },
      WHOLE_TEXT,
    );
    const before = performance.now();
    const reply = await chat(TEXT, STREAM);
    // Nine pieces, the role, the end and its mark: eleven gaps.
    expect(performance.now() - before).toBeGreaterThan(50);
    expect(reply.headers['content-length']).toBeUndefined();
    expect(read(reply.text)).toEqual({ text: TEXT, isWhole: true });
    expect(server.stats()).toMatchObject({ ok: 1, paid: 1, inFlight: 0 });
  });

  it('may be closed in the middle, as if that were its end', async () => {
    const { chat, server } = await openMock({ cutStreamRate: 1 }, WHOLE_TEXT);
    const { text, isWhole } = read((await chat(TEXT, STREAM)).text);
    expect(isWhole).toBe(false);
    expect(TEXT.startsWith(text) && text.length > 8 && text.length < TEXT.length).toBe(true);
    expect(server.stats()).toMatchObject({ ok: 0, paid: 1, cutStreams: 1 });
  });

  it('may fall silent in the middle', async () => {
    const { chat, server } = await openMock({ stallRate: 1 }, WHOLE_TEXT);
    const leave = new AbortController();
    const asked = chat(TEXT, STREAM, leave.signal);
    setTimeout(() => leave.abort(), 100);
    await expect(asked).rejects.toThrow();
    expect(server.stats()).toMatchObject({ ok: 0, paid: 1, stalls: 1 });
  });

  it('alone has these faults', async () => {
    const { chat, server } = await openMock({ cutStreamRate: 0.5, stallRate: 0.5 }, WHOLE_TEXT);
    expect((await chat(TEXT)).json().choices[0].message.content).toBe(TEXT);
    expect(server.stats()).toMatchObject({ ok: 1, cutStreams: 0, stalls: 0 });
  });
});
