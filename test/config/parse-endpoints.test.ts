import { describe, expect, test } from 'vitest';
import { endpointsBeside, parseEndpoints } from '../../src/config/parse-endpoints.ts';

const LABEL = '--endpoint';

describe('endpoints as they are given', () => {
  test.each<[unknown, unknown]>([
    [
      ['model=small,rpm=500', 'model=large'],
      [{ model: 'small', rpm: 500 }, { model: 'large' }],
    ],
    [
      ['name=a, base-url=https://host/v1, key-env=KEY_A, weight=2, concurrency=auto, input-tpm=1e5'],
      [
        {
          ...{ name: 'a', baseUrl: 'https://host/v1', apiKeyEnv: 'KEY_A', weight: 2 },
          ...{ concurrency: 'auto', inputTpm: 100_000 },
        },
      ],
    ],
    [[`name="x, y",model='a"b',url=http://h/?a=b`], [{ name: 'x, y', model: 'a"b', url: 'http://h/?a=b' }]],
    ['model=a,rpm=1;model=b\n\nmodel="c;d"', [{ model: 'a', rpm: 1 }, { model: 'b' }, { model: 'c;d' }]],
    ['[{"model": "a", "priceIn": 0.5}, "model=b"]', [{ model: 'a', priceIn: 0.5 }, { model: 'b' }]],
    [
      [{ model: 'a', keyFile: 'k', fallback: true, rpm: 5 }],
      [{ model: 'a', apiKeyFile: 'k', fallback: true, rpm: 5 }],
    ],
    [[{ model: 'a', rpm: null }], [{ model: 'a' }]],
    [{ model: 'a' }, [{ model: 'a' }]],
  ])('%j', (given, endpoints) => {
    expect(parseEndpoints(given, LABEL)).toEqual(endpoints);
  });

  test.each<[unknown, string]>([
    [['model=a', 'model=b,rpm=fast'], '--endpoint 2, rpm: "fast" is not a number; write e.g. 600'],
    [['model=a', 'name=b,base-url='], '--endpoint b, base-url: the value is empty'],
    [['name=a,rpm=0', 'model=b'], '--endpoint a, rpm: "0" is too small; the least is 1'],
    [['name=a,weight=0'], '--endpoint a, weight: "0" is too small; the least is 0.001'],
    [['name=a,modle=x'], '--endpoint: unknown key "modle" (did you mean model?)'],
    [['model'], '--endpoint: "model" is not key=value'],
    [['model="a'], '--endpoint: a quote in "model=\\"a" is not closed'],
    [['name=a,model=x', 'name=a,model=y'], '--endpoint a: two endpoints have that name'],
    [
      ['name=a,key-env=A,key-file=b'],
      '--endpoint a: key-env and key-file contradict each other; give only one of them',
    ],
    [['name=a,api-key=sk-123'], '--endpoint: unknown key "api-key"'],
    [[], '--endpoint: names no endpoint'],
    ['[{]', '--endpoint: is not valid JSON'],
    [[5], '--endpoint: 5 is no endpoint'],
  ])('%j is refused', (given, message) => {
    expect(() => parseEndpoints(given, LABEL)).toThrow(expect.objectContaining({ code: 'usage', message }));
  });

  test('a key that is given itself is not shown', () => {
    let thrown: unknown;
    try {
      parseEndpoints(['api-key=sk-123'], LABEL);
    } catch (error) {
      thrown = error;
    }
    expect(JSON.stringify(thrown)).not.toContain('sk-123');
    expect(thrown).toMatchObject({ hint: expect.stringContaining('key-env') });
  });

  test('paths in a configuration file are meant from its folder', () => {
    const given = [{ model: 'a', 'key-file': 'k.txt', provider: './own.mjs' }, 'model=b'];
    expect(endpointsBeside('conf/g.yaml', given)).toEqual([
      { model: 'a', 'key-file': 'conf/k.txt', provider: 'conf/own.mjs' },
      'model=b',
    ]);
  });
});
