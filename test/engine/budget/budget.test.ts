import { beforeEach, describe, expect, test } from 'vitest';
import { tokenAccount } from '../../../src/engine/budget/account.ts';
import { Budget, type Outlook, type Reservation } from '../../../src/engine/budget/budget.ts';
import { RecordDeadline } from '../../../src/engine/record-deadline.ts';
import { VirtualClock } from '../../helpers/virtual-clock.ts';

const tokens = (inputTokens: number) => ({ inputTokens, outputTokens: 0 });
const outlook = (expected: number, worst = expected): Outlook => ({
  expected: tokens(expected),
  worst: tokens(worst),
});

let reasons: string[];
beforeEach(() => {
  reasons = [];
});

function open(limit: number, spent = 0) {
  const account = tokenAccount(limit, spent);
  const budget = new Budget({ accounts: [account], onSpent: ({ message }) => reasons.push(message) });
  const reserved: { readonly name: string; readonly reservation: Reservation }[] = [];
  const rejected: unknown[] = [];
  const claim = (name: string, expected: number, worst?: number, priority = 0): void => {
    const claimed = budget.reserve({ outlook: () => outlook(expected, worst), priority });
    claimed
      .then((reservation) => reserved.push({ name, reservation }))
      .catch((error) => rejected.push(error));
  };
  const names = async (): Promise<string> => {
    await Promise.resolve();
    await Promise.resolve();
    return reserved.map(({ name }) => name).join('');
  };
  const end = (name: string, actual?: number): void => {
    const found = reserved.find((each) => each.name === name)?.reservation;
    if (actual === undefined) found?.release();
    else found?.settle(tokens(actual));
  };
  return { account, budget, claim, names, end, rejected };
}

describe('a budget', () => {
  test('lets out what it pays even if all others turn out at their worst', async () => {
    const { claim, names, end } = open(100);
    claim('a', 10, 50);
    claim('b', 10, 50);
    claim('c', 10, 50);
    expect(await names()).toBe('ab');
    end('a', 10);
    expect(await names()).toBe('abc');
  });

  test('can be used up to its end, and stops the run where the next request does not fit', async () => {
    const { claim, names, end, account, rejected } = open(100);
    for (const name of 'abcdefghijkl') claim(name, 10, 30);
    for (const name of 'abcdefghij') {
      expect(await names()).toContain(name);
      end(name, 10);
    }
    expect(await names()).toBe('abcdefghij');
    expect(account.spent).toBe(100);
    expect(reasons).toEqual([
      '--max-tokens-total 100 tokens: 100 tokens spent, and the next request takes about 10 tokens',
    ]);
    expect(rejected).toHaveLength(2);
  });

  test('of 0 lets nothing out', async () => {
    const { claim, names } = open(0);
    claim('a', 1);
    expect(await names()).toBe('');
    expect(reasons).toHaveLength(1);
  });

  test('counts what earlier runs have spent', async () => {
    const { claim, names } = open(100, 95);
    claim('a', 10);
    expect(await names()).toBe('');
    expect(reasons).toEqual([expect.stringMatching(/: 95 tokens spent/)]);
  });

  test('waits for what is under way before it says that nothing is left', async () => {
    const { claim, names, end } = open(100);
    claim('a', 60);
    claim('b', 60);
    expect(await names()).toBe('a');
    expect(reasons).toEqual([]);
    end('a');
    expect(await names()).toBe('ab');
    claim('c', 60);
    end('b', 60);
    expect(reasons).toHaveLength(1);
  });

  test('passes over what is too dear, but not over what only has to wait', async () => {
    const { claim, names, end } = open(100);
    claim('a', 20, 80);
    claim('dear', 90);
    claim('b', 30, 40);
    claim('c', 5);
    expect(await names()).toBe('a');
    end('a', 20);
    expect(await names()).toBe('abc');
    expect(reasons).toEqual([]);
    end('b', 30);
    end('c', 5);
    expect(reasons).toHaveLength(1);
  });

  test('lets those of a higher priority go first', async () => {
    const { claim, names, end } = open(100);
    claim('a', 60);
    claim('b', 60);
    claim('c', 60, 60, 3);
    end('a');
    await names();
    end('a');
    expect(await names()).toBe('ac');
  });

  test('forgets a claim whose record has met its deadline', async () => {
    const clock = new VirtualClock();
    const { budget, claim, names } = open(100);
    claim('a', 60);
    const deadline = new RecordDeadline(clock, 1000);
    deadline.begin();
    const late = budget.reserve({ outlook: () => outlook(80), priority: 0 }, deadline);
    claim('b', 40);
    expect(await names()).toBe('ab');
    const ended = expect(late).rejects.toMatchObject({ code: 'record_deadline' });
    await clock.advance(1000);
    await ended;
  });

  test('ends each reservation once, whatever is called again', async () => {
    const { account, claim, names, end } = open(100);
    claim('a', 10, 20);
    await names();
    expect(account.reserved).toEqual({ expected: 10, worst: 20 });
    end('a', 15);
    end('a', 15);
    end('a');
    expect(account).toMatchObject({ spent: 15, reserved: { expected: 0, worst: 0 } });
  });
});
