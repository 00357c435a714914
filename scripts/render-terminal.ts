/**
 * Makes docs/terminal.svg, the picture at the top of README.md, from a real run: `npx tsx scripts/render-terminal.ts`
 * after `npm run build`. The run takes 15 s, and port 8089 has to be free.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = join(import.meta.dirname, '..');
const COLUMNS = 100;
const LINE_PX = 19;
const CHARACTER_PX = 8.43;
const MARGIN_PX = 20;

const ENDPOINT = 'gistmill mock --rpm 180 --latency 300-900 --error-rate 0.1';
const COMMANDS = [
  'gistmill articles.jsonl -o summaries.jsonl \\\n    --base-url http://127.0.0.1:8089/v1 --model demo --rpm 180',
  'head -n 2 summaries.jsonl',
];

interface Step {
  readonly command: string;
  readonly output: string;
}

const folder = await mkdtemp(join(tmpdir(), 'gistmill-picture-'));
try {
  await symlink(join(ROOT, 'bin/gistmill.js'), join(folder, 'gistmill'));
  await symlink(join(ROOT, 'fixtures/articles.jsonl'), join(folder, 'articles.jsonl'));
  await writeFile(join(ROOT, 'docs/terminal.svg'), draw(await play(folder)));
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function play(cwd: string): Promise<readonly Step[]> {
  const stop = new AbortController();
  const endpoint = shell(`exec ${ENDPOINT}`, cwd, stop.signal);
  await sleep(1000);
  const steps: Step[] = [];
  for (const command of COMMANDS) steps.push({ command, output: await shell(command, cwd) });
  stop.abort();
  return [{ command: `${ENDPOINT} &`, output: await endpoint }, ...steps];
}

/** What a bash line writes to stdout and stderr together, as on a terminal. Rejects where it fails, unless stopped. */
function shell(line: string, cwd: string, stop?: AbortSignal): Promise<string> {
  const env = { PATH: `${cwd}${delimiter}${process.env.PATH}` };
  const args = ['--norc', '-c', `exec 2>&1; ${line}`];
  return new Promise((resolve, reject) => {
    execFile('bash', args, { cwd, env, ...(stop && { signal: stop }) }, (error, stdout) => {
      if (error === null || stop?.aborted) resolve(stdout.trimEnd());
      else reject(new Error(stdout, { cause: error }));
    });
  });
}

function draw(steps: readonly Step[]): string {
  const lines = steps.flatMap(({ command, output }) => [
    ...toLines(`$ ${command}`, 'command'),
    ...toLines(output, 'output'),
  ]);
  const width = Math.ceil(COLUMNS * CHARACTER_PX + 2 * MARGIN_PX);
  const height = lines.length * LINE_PX + 2 * MARGIN_PX;
  const texts = lines.map(({ text, kind }, at) => {
    const y = MARGIN_PX + (at + 0.75) * LINE_PX;
    return `<text class="${kind}" x="${MARGIN_PX}" y="${y}" xml:space="preserve">${escapeXml(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>A run of gistmill in a terminal</title>
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #d0d7de; }
.command { fill: #7ee787; }
</style>
<rect width="100%" height="100%" rx="8" fill="#161b22"/>
${texts.join('\n')}
</svg>
`;
}

/** Lines cut where a terminal would break them. */
function toLines(text: string, kind: 'command' | 'output'): { text: string; kind: string }[] {
  const whole = new RegExp(`.{1,${COLUMNS}}`, 'gu');
  return text
    .split('\n')
    .flatMap((line) => (line.match(whole) ?? ['']).map((piece) => ({ text: piece, kind })));
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
