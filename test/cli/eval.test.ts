import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../helpers/exec.ts';
import { makeFolder } from '../helpers/folder.ts';

const jsonl = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const references = join(import.meta.dirname, '../../fixtures/references.jsonl');

describe('gistmill eval', () => {
  test('measures what the built-in summariser makes of the fixtures, as a table and as JSON', async () => {
    const { path } = await makeFolder();
    const options = { cwd: path };
    expect(await run([references, '--provider', 'local', '-o', 'out.jsonl'], options)).toMatchObject({
      exitCode: 0,
    });
    const measured = ['eval', 'out.jsonl', '--input', references, '--reference-field', 'summary'];
    const table = await run(measured, options);
    expect(table).toMatchObject({ exitCode: 0, stderr: '' });
    expect(table.stdout).toMatch(/^summaries {5}20\n/);
    expect(table.stdout).toMatch(/\nROUGE-L +0\.\d{4} +0\.\d{4} +0\.\d{4}\n$/);
    const json = JSON.parse((await run([...measured, '--json'], options)).stdout);
    expect(json).toMatchObject({ summaries: 20, failed: 0, rouge: { references: 20, missing: 0 } });
    expect(json.rouge.rouge1.f).toBeGreaterThan(0.3);
    expect(json.text.coverage).toBeGreaterThan(0.9);
  });

  test('takes references and texts from the results where --keep has put them, failed rows apart', async () => {
    const { path } = await makeFolder({
      'out.jsonl': jsonl(
        {
          id: 'a',
          status: 'ok',
          summary: 'the cat sat',
          input: { reference: 'the cat sat', text: 'the cat sat down' },
        },
        { id: 'b', status: 'error', error: { code: 'timeout' } },
        { id: 'c', status: 'ok', summary: 'a dog', input: {} },
      ),
    });
    const { stdout } = await run(['eval', 'out.jsonl', '--reference-field', 'reference', '--json'], {
      cwd: path,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ summaries: 2, failed: 1 },
      rouge: { references: 1, missing: 1, rougeL: { precision: 1, recall: 1, f: 1 } },
      text: { texts: 1, coverage: 1 },
    });
  });

  test('joins records of one id by their lines, and counts what has no record', async () => {
    const { path } = await makeFolder({
      'in.jsonl': jsonl({ id: 'a', text: 'x', s: 'one two' }, { id: 'a', text: 'y', s: 'three four' }),
      'out.jsonl': jsonl(
        { id: 'a', status: 'ok', summary: 'three four', at: { file: 'in.jsonl', line: 2 } },
        { id: 'a', status: 'ok', summary: 'one two', at: { file: 'in.jsonl', line: 1 } },
        { id: 'z', status: 'ok', summary: 'stray', at: { file: 'in.jsonl', line: 9 } },
      ),
    });
    const { stdout } = await run(
      ['eval', 'out.jsonl', '--input', 'in.jsonl', '--reference-field', 's', '--json'],
      { cwd: path },
    );
    expect(JSON.parse(stdout)).toMatchObject({
      without_record: 1,
      rouge: { references: 2, rouge1: { f: 1 } },
    });
  });

  test('says that there was nothing to measure by its exit code', async () => {
    const { path } = await makeFolder({ 'out.jsonl': '' });
    expect((await run(['eval', 'out.jsonl'], { cwd: path })).exitCode).toBe(1);
    const missing = await run(['eval', 'none.jsonl'], { cwd: path });
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('none.jsonl') });
  });
});
