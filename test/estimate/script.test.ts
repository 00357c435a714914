import { expect, test } from 'vitest';
import { scriptOf } from '../../src/estimate/script.ts';

test.each([
  ['latin', 'A summary of the report, in English.'],
  ['latin', 'Über die Brücke führt kein Weg zurück, señor.'],
  ['other', 'Краткое содержание доклада.'],
  ['other', 'ملخص التقرير'],
  ['cjk', '报告的摘要'],
  ['cjk', '要約はここにあります'],
  ['cjk', '보고서 요약입니다'],
  ['cjk', `${'JSON API '.repeat(3)}${'报告的摘要'.repeat(4)}`],
  ['latin', ''],
])('%s: %s', (script, text) => {
  expect(scriptOf(text)).toBe(script);
});
