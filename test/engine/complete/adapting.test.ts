import { expect, test } from 'vitest';
import { ProviderError } from '../../../src/core/errors.ts';
import type { Emit } from '../../../src/core/events.ts';
import type { Completion, CompletionRequest } from '../../../src/core/request.ts';
import { adapting } from '../../../src/engine/complete/adapting.ts';
import type { Call } from '../../../src/engine/complete/complete.ts';

const request: CompletionRequest = {
  model: 'm',
  messages: [],
  params: {},
  document: { text: '', fields: {} },
};
const call = { id: 'a' } as Call;
const good: Completion = { text: 'S', finish: { unified: 'stop' }, usage: {} };
const refused = (what: string) => new ProviderError('format_refused', what, { status: 400 });

function stack(replies: (Completion | Error)[]) {
  const told: string[] = [];
  const emit: Emit = (name, event) => {
    if (name === 'adapted') told.push((event as { error: Error }).error.message);
  };
  const complete = adapting(async () => {
    const reply = replies.shift();
    if (reply === undefined) throw new Error('asked too often');
    if (reply instanceof Error) throw reply;
    return reply;
  }, emit);
  return { ask: () => complete(request, call), told };
}

test('a request is repeated at once in the form that the endpoint has left, and told of once', async () => {
  const { ask, told } = stack([refused('no schema'), refused('no json'), good, refused('no schema'), good]);
  expect(await ask()).toBe(good);
  expect(await ask()).toBe(good);
  expect(told).toEqual(['no schema', 'no json']);
});

test('it is not repeated without end, nor for anything else', async () => {
  const { ask } = stack(Array.from({ length: 9 }, () => refused('never')));
  await expect(ask()).rejects.toMatchObject({ code: 'format_refused' });
  const other = stack([new ProviderError('bad_request', 'no')]);
  await expect(other.ask()).rejects.toMatchObject({ code: 'bad_request' });
});
