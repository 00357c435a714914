import { expect, test } from 'vitest';
import type { PartStore } from '../../../src/core/answer-store.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { Events } from '../../../src/core/events.ts';
import type { Completion } from '../../../src/core/request.ts';
import { keptParts } from '../../../src/engine/complete/kept-parts.ts';
import { requestKey } from '../../../src/engine/complete/request-key.ts';
import { EffortMeter } from '../../../src/engine/effort-meter.ts';
import { requestFor } from '../helpers/records.ts';

class MemoryStore implements PartStore {
  readonly kept = new Map<string, { readonly record: string; readonly answer: Completion }>();
  async get(key: string): Promise<Completion | undefined> {
    return this.kept.get(key)?.answer;
  }
  async put(record: string, key: string, answer: Completion): Promise<void> {
    this.kept.set(key, { record, answer });
  }
}

function start(finish: Completion['finish'] = { unified: 'stop' }) {
  const store = new MemoryStore();
  const events = new Events();
  const saved: string[] = [];
  events.on('saved', ({ from }) => saved.push(from));
  let sent = 0;
  const complete = keptParts(
    async () => {
      sent += 1;
      return { text: `answer ${sent}`, finish, usage: {} };
    },
    { keyOf: requestKey({ identity: 'i' }), store, emit: events.emit },
  );
  const call = { id: 'a', effort: new EffortMeter(systemClock), priority: 0 };
  return { store, saved, complete, call, sent: () => sent };
}

test('an answer about a part is kept, with its record, and not asked for again', async () => {
  const { store, saved, complete, call, sent } = start();
  const part = { ...call, partOf: 'book' };
  await complete(requestFor('part 1'), part);
  const again = await complete(requestFor('part 1'), part);
  expect(again).toMatchObject({ text: 'answer 1', from: 'parts' });
  expect(sent()).toBe(1);
  expect(saved).toEqual(['parts']);
  expect([...store.kept.values()].map(({ record }) => record)).toEqual(['book']);
});

test('an answer about a whole text is not kept: its row is', async () => {
  const { store, complete, call, sent } = start();
  await complete(requestFor('text'), call);
  await complete(requestFor('text'), call);
  expect(sent()).toBe(2);
  expect(store.kept.size).toBe(0);
});

test('an answer that was cut off is asked for anew', async () => {
  const { complete, call, sent } = start({ unified: 'length' });
  await complete(requestFor('part 1'), { ...call, partOf: 'book' });
  await complete(requestFor('part 1'), { ...call, partOf: 'book' });
  expect(sent()).toBe(2);
});
