import { expect, test } from 'vitest';
import { Forecast } from '../../../src/engine/budget/forecast.ts';
import { requestFor } from '../helpers/records.ts';

const TEXT = 'The harbour froze over for the first time in forty years. '.repeat(10);
const request = requestFor(TEXT);

test('before the first answer next to nothing is expected, and far more is thought possible', () => {
  const { expected, worst } = new Forecast().outlook(request);
  expect(expected).toEqual({ inputTokens: 1, outputTokens: 1 });
  expect(worst.inputTokens).toBeGreaterThan(1000);
  expect(worst.outputTokens).toBeGreaterThan(1000);
});

test('the worst comes closer to the expected with each answer that keeps to it', () => {
  const forecast = new Forecast();
  let before = forecast.outlook(request).worst.outputTokens;
  for (let i = 0; i < 20; i++) {
    forecast.learn(request, { inputTokens: 150, outputTokens: 40 });
    const { expected, worst } = forecast.outlook(request);
    expect(expected.outputTokens).toBe(40);
    expect(worst.outputTokens).toBeLessThan(before);
    before = worst.outputTokens;
  }
  expect(before).toBeLessThan(80);
});

test('the worst covers the worst that was seen', () => {
  const forecast = new Forecast();
  for (let i = 0; i < 50; i++) {
    forecast.learn(request, { inputTokens: 150, outputTokens: i === 10 ? 400 : 40 });
  }
  expect(forecast.outlook(request).worst.outputTokens).toBeGreaterThan(400);
});

test('an answer is never longer than was asked for', () => {
  expect(new Forecast().outlook(requestFor(TEXT, 50)).worst.outputTokens).toBe(50);
});

test('where no usage is reported the guess stands', () => {
  const forecast = new Forecast();
  forecast.learn(request, {});
  expect(forecast.outlook(request).expected).toEqual(forecast.estimate(request));
});
