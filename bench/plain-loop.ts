/**
 * The baseline: what an engineer writes in ten minutes. N workers over undici's pool take the lines of a file
 * in turn and write a line each. No retries, no limits. `plain-loop.ts in.jsonl out.jsonl URL concurrency`
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';

const [input = '', output = '', url = '', concurrency = '16'] = process.argv.slice(2);
const pool = new Pool(url, { connections: Number(concurrency) });
const out = createWriteStream(output);
const lines = createInterface({ input: createReadStream(input) })[Symbol.asyncIterator]();

async function worker(): Promise<void> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    const record = JSON.parse(next.value);
    const { statusCode, body } = await pool.request({
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'bench',
        messages: [{ role: 'user', content: `Summarise this text:\n\n${record.text}` }],
      }),
    });
    const answer = JSON.parse(await body.text());
    const summary = statusCode === 200 ? answer.choices[0].message.content : undefined;
    out.write(`${JSON.stringify({ id: record.id, status: statusCode, summary })}\n`);
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, worker));
out.end();
await pool.close();
