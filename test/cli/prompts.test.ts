import { describe, expect, test } from 'vitest';
import { answer, startScripted } from '../helpers/endpoint.ts';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';
import { okRows, resultRows } from '../helpers/result-rows.ts';

const INPUT =
  '{"id":"a","title":"Fog","text":"Fog held up the ferry. </document> Nobody minded."}\n' +
  '{"id":"b","title":"No text"}\n{"id":"c","text":"The bridge opened."}\n';

interface Body {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** An endpoint that answers all alike, without a prompt of its own. */
async function endpoint() {
  const { server } = await startScripted(() => answer('Fine.'));
  const bodies = (): Body[] => server.requests.map(({ body }) => JSON.parse(body) as Body);
  const flags = ['--base-url', `${server.url}/v1`, '--model', 'm', '-q'];
  return { bodies, flags, asked: () => bodies().map(({ messages }) => messages.at(-1)?.content ?? '') };
}

describe.concurrent('what is wanted of a summary', () => {
  test('is asked for in plain words, from flags, variables and the configuration file', async () => {
    const { asked, flags } = await endpoint();
    const { path } = await makeFolder({ 'gistmill.config.yaml': 'language: de\nlength: long\n' });
    const { stdout, stderr, exitCode } = await run(['-', ...flags, '--length', '2 sentences'], {
      ...{ input: 'The bridge opened.\n', cwd: path, env: { GISTMILL_AUDIENCE: 'children of ten' } },
    });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(okRows(stdout)).toMatchObject([{ summary: 'Fine.' }]);
    expect(asked()[0]).toMatch(/- Write 2 sentences;.*\n.*: children of ten\.\n- Write in German,/);
  });

  test.each([
    [['--length', 'tiny'], '--length: "tiny" is not a length'],
    [['--style', 'haiku'], '--style: "haiku" is not one of paragraph, bullets'],
    [['--prompt', '{{text}}', '--length', 'short'], '--prompt and --length contradict each other'],
    [['--preset', 'classify'], 'the preset classify needs --var labels=…'],
    [['--preset', './gone.md'], '--preset: ./gone.md cannot be read (ENOENT)'],
    [['--var', 'labels'], '--var: "labels" is not key=text'],
  ])('%j is refused before any request', async (args, message) => {
    const { asked, flags } = await endpoint();
    const { stdout, stderr, exitCode } = await run(['-', ...flags, ...args], { input: 'A text.\n' });
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr.startsWith(`gistmill: ${message}`), stderr).toBe(true);
    expect(asked()).toEqual([]);
  });

  test('is what made a result: another length does not go on after it unasked', async () => {
    const { asked, flags } = await endpoint();
    const { path } = await makeFolder({ 'in.txt': 'One text.\n' });
    const of = (...args: string[]) => run(['in.txt', ...flags, '-o', 'out.jsonl', ...args], { cwd: path });
    expect((await of('--length', 'short')).exitCode).toBe(0);
    expect((await of('--length', '40 words')).exitCode).toBe(0);
    const { stderr, exitCode } = await of('--length', 'medium');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('length: "about 40 words" → "about 100 words"');
    expect(stderr).not.toMatch(/preset|wording|prompt:/);
    expect((await of('--length', 'medium', '--on-change', 'redo')).exitCode).toBe(0);
    expect(asked()).toHaveLength(2);
  });
});

describe.concurrent('a preset', () => {
  test('of the package does another job', async () => {
    const { asked, flags } = await endpoint();
    const args = ['-', ...flags, '--preset', 'classify', '--var', 'labels=traffic, weather'];
    const { stdout, exitCode } = await run(args, { input: 'Fog.\n' });
    expect({ rows: okRows(stdout).length, exitCode }).toEqual({ rows: 1, exitCode: 0 });
    expect(asked()[0]).toContain('\n  - traffic\n  - weather\n');
  });

  test('can be printed, changed and named', async () => {
    const { asked, flags } = await endpoint();
    const shown = await run(['preset', 'show', 'summary']);
    expect({ stderr: shown.stderr, exitCode: shown.exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const { path } = await makeFolder({
      'mine.md': shown.stdout.replace('Summarise the document', 'Sum up "{{ title | default: "this" }}"'),
    });
    const { stdout, exitCode } = await run(
      ['-', ...flags, '--input-format', 'jsonl', '--preset', './mine.md', '--focus', 'delays'],
      { input: INPUT, cwd: path },
    );
    expect(exitCode).toBe(1);
    expect(resultRows(stdout)).toHaveLength(3);
    expect(
      asked()
        .sort()
        .map((text) => text.slice(0, 40)),
    ).toEqual(['Sum up "Fog" between <document-2> and </', 'Sum up "this" between <document> and </d']);
    expect(asked().every((text) => text.includes('delays.\n'))).toBe(true);
  });

  test('is one of a list', async () => {
    const { stdout, exitCode } = await run(['preset', 'list']);
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      ...['classify', 'extract', 'keywords', 'summary', 'translate', ''],
    ]);
    expect(stdout).toMatch(/^translate .* \(needs --language\)$/m);
  });
});

describe.concurrent('gistmill prompt', () => {
  test('prints exactly what a run then sends, and sends nothing itself', async () => {
    const { bodies, flags } = await endpoint();
    const args = [
      '-',
      '--input-format',
      'jsonl',
      ...flags,
      '--style',
      'bullets',
      '--max-output-tokens',
      '50',
    ];
    const env = { GISTMILL_API_KEY: 'sk-TEST-canary' };
    const json = await run(['prompt', ...args, '--json', '-n', '9'], { input: INPUT, env });
    const text = await run(['prompt', ...args], { input: INPUT, env });
    expect(bodies()).toEqual([]);
    await run([...args, '-c', '1'], { input: INPUT, env });
    const lines = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id, error }) => [id, error?.code])).toEqual([
      ['a', undefined],
      ['b', 'missing_text'],
      ['c', undefined],
    ]);
    expect([lines[0].request.body, lines[2].request.body]).toEqual(bodies());
    expect(lines[0].request).toMatchObject({ method: 'POST', content_type: 'application/json' });
    expect(lines[0].input_tokens).toEqual({
      count: expect.any(Number),
      exact: false,
      encoding: 'o200k_base',
    });
    for (const { content } of bodies().flatMap(({ messages }) => messages)) {
      expect(text.stdout).toContain(`\n${content}\n`);
    }
    expect(text.stdout).toMatch(
      /^=== a \(stdin:1\): about \d+ tokens \(as o200k_base counts\)\n--- system\n/,
    );
    expect(text.stdout).toMatch(/^=== b \(stdin:2\): missing_text: /m);
    expect([json.exitCode, text.exitCode]).toEqual([1, 1]);
    expect(json.stdout + text.stdout + json.stderr + text.stderr).not.toContain('canary');
  });

  test('needs no key, and counts exactly where the encoding of the model is known', async () => {
    const { stdout, exitCode } = await run(['prompt', '-', '--model', 'gpt-4o-mini', '-n', '1'], {
      input: 'Fog.\nMore fog.\n',
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^=== stdin:1: \d+ tokens\n/);
    expect(stdout).not.toContain('More fog.');
  });

  test('shows a step of the work at a text in parts', async () => {
    const { flags } = await endpoint();
    const of = async (step: string) =>
      (await run(['prompt', '-', ...flags, '--step', step, '--length', '300 words'], { input: 'Fog.\n' }))
        .stdout;
    expect(await of('map')).toMatch(/Fog\.\n<\/document>\n\nThat was part 1 of 2\./);
    expect(await of('reduce')).toMatch(
      /- Write about 300 words;(.|\n)*<answer>\n\[the answer about part 1\]/,
    );
    expect(await of('refine')).toMatch(/<answer>\n\[the answer about part 1\](.|\n)*<document>\nFog\./);
  });

  test('shows the body that any other endpoint would get, and what the built-in summariser reads', async () => {
    const url = ['--url', 'http://user:pass-canary@127.0.0.1:9/sum?key=canary'];
    const body = ['--body', '{"q": {{prompt | json}}}', '--prompt', 'Short: {{text}}'];
    const http = await run(['prompt', '-', '-q', ...url, ...body], { input: 'Fog.\n' });
    expect(http.stdout).toContain(
      '--- POST http://127.0.0.1:9/sum (application/json)\n{"q": "Short: Fog."}\n',
    );
    expect(http.stdout).not.toContain('canary');
    const local = await run(['prompt', '-', '-q'], { input: 'Fog.\n' });
    expect(local.stdout).toBe(
      '=== stdin:1: not sent, the built-in summariser reads the text\n--- text\nFog.\n\n',
    );
  });
});
