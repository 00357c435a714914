import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/observe/redact.ts';

const KEY = 'sk-test.0123+456/789=';

describe('createRedactor', () => {
  it('masks a known secret wherever it stands', () => {
    const redact = createRedactor([KEY]);
    expect(redact(`bad key ${KEY}, I say "${KEY}"`)).toBe('bad key ***, I say "***"');
  });

  it('masks it as it stands in a URL and in JSON', () => {
    const redact = createRedactor([`${KEY}"\\x`]);
    expect(redact(JSON.stringify({ key: `${KEY}"\\x` }))).toBe('{"key":"***"}');
    expect(redact(`?q=${encodeURIComponent(`${KEY}"\\x`)}&r=1`)).toBe('?q=***&r=1');
  });

  it('masks the longer of two secrets as a whole', () => {
    expect(createRedactor(['abcd', 'abcdefgh'])('abcdefgh abcd')).toBe('*** ***');
  });

  it('masks the credentials of any URL, and keys in its query', () => {
    const redact = createRedactor([]);
    expect(redact('proxy http://me:p@ss@10.0.0.1:3128/x refused')).toBe(
      'proxy http://***@10.0.0.1:3128/x refused',
    );
    expect(redact('GET https://h.example/v1?alt=sse&key=AIza123&x=1')).toBe(
      'GET https://h.example/v1?alt=sse&key=***&x=1',
    );
  });

  it('leaves ordinary text alone, and words that a dummy key would match', () => {
    const text = 'see https://example.org/a?page=2, mail me@example.org; key=value';
    expect(createRedactor(['', ' ', 'x', 'me'])(text)).toBe(text);
  });

  it('never lets a secret through, and keeps JSON parsable', () => {
    const secrets = fc.string({ minLength: 4, maxLength: 20, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (raw, before, after) => {
        const secret = `k-${raw.trim()}-k`;
        const line = JSON.stringify({ msg: before + secret + after, url: 'http://a:b@c/' });
        const redacted = createRedactor([secret])(line);
        expect(redacted).not.toContain(secret);
        expect(() => JSON.parse(redacted)).not.toThrow();
      }),
    );
  });

  it('stays quick on long hostile text', () => {
    const redact = createRedactor([KEY]);
    for (const unit of ['a.', 'a://', 'http://a', '?key=', 'a@']) {
      expect(redact(unit.repeat(50_000)).length).toBeGreaterThan(0);
    }
  });
});
