import { describe, expect, it } from 'vitest';
import { createEndpoint, parseUrl } from '../../src/provider/endpoint.ts';

const endpoint = (written: string, key?: string) => createEndpoint(parseUrl(written, '--base-url'), key);

describe('parseUrl', () => {
  it.each([
    ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/v1'],
    ['  https://api.example.com/v1/ ', 'https://api.example.com/v1/'],
    ['localhost:8000/v1', 'http://localhost:8000/v1'],
    ['127.0.0.1:8000', 'http://127.0.0.1:8000/'],
    ['[::1]:8000/v1', 'http://[::1]:8000/v1'],
    ['192.168.1.5/v1', 'http://192.168.1.5/v1'],
    ['vllm:8000', 'http://vllm:8000/'],
    ['api.example.com/v1#top', 'https://api.example.com/v1'],
    ['user:pass@api.example.com/v1', 'https://user:pass@api.example.com/v1'],
  ])('reads %j', (written, url) => {
    expect(parseUrl(written, '--base-url').href).toBe(url);
  });

  it.each(['', '  ', 'ftp://example.com', 'http://', 'http://exa mple.com', 'file:///etc/passwd'])(
    'refuses %j by the name of its option',
    (written) => {
      expect(() => parseUrl(written, '--base-url')).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.stringContaining('--base-url') }),
      );
    },
  );
});

describe('createEndpoint', () => {
  it('sends the key as a bearer token', () => {
    expect(endpoint('http://h/v1', 'sk-1234').credentials).toEqual({ authorization: 'Bearer sk-1234' });
    expect(endpoint('http://h/v1').credentials).toEqual({});
  });

  it('sends it to Azure in a header of its own', () => {
    const { credentials } = endpoint('https://me.openai.azure.com/openai/v1', 'k1234');
    expect(credentials).toEqual({ 'api-key': 'k1234' });
  });

  it('sends it in the header that the API takes, beside a basic authorization', () => {
    const url = parseUrl('https://me:pass@h.example/v1', '--base-url');
    expect(createEndpoint(url, 'k1234', { keyHeader: 'x-api-key' }).credentials).toEqual({
      'x-api-key': 'k1234',
      authorization: `Basic ${Buffer.from('me:pass').toString('base64')}`,
    });
  });

  it('turns user information into a basic authorization and keeps it out of sight', () => {
    const { url, shown, credentials, mask } = endpoint(
      'https://me:pa%40ss@h.example/v1?key=QUERYKEY&v=2024',
      'sk-1234',
    );
    expect(credentials).toEqual({ authorization: `Basic ${Buffer.from('me:pa@ss').toString('base64')}` });
    expect(url).toBe('https://h.example/v1?key=QUERYKEY&v=2024');
    expect(shown).toBe('https://h.example/v1');
    expect(mask('pa@ss pa%40ss QUERYKEY sk-1234 2024')).toBe('*** *** *** *** 2024');
  });

  it('refuses a key that no header can carry, without showing it', () => {
    expect(() => endpoint('http://h/v1', 'sk-\n1234')).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.not.stringContaining('1234') }),
    );
  });
});
