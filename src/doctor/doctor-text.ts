import manifest from '../../package.json' with { type: 'json' };
import type { Check, Diagnosis, Setting } from './check.ts';

const MARKS: Readonly<Record<Check['status'], string>> = {
  ok: 'ok',
  note: 'note',
  warning: 'WARNING',
  failed: 'FAILED',
  skipped: '-',
};
const MARK_WIDTH = 9;
const NAME_WIDTH = 15;

/** The diagnosis for people. */
export function doctorText({ settings, checks, exitCode }: Diagnosis): string {
  const lines = [
    `gistmill ${manifest.version}`,
    ...(settings.length === 0 ? [] : ['', 'Configuration:', ...settingLines(settings)]),
    ...['', 'Checks:', ...checks.flatMap(checkLines)],
    ...['', verdict(exitCode)],
  ];
  return `${lines.join('\n')}\n`;
}

function settingLines(settings: readonly Setting[]): readonly string[] {
  const names = Math.max(...settings.map(({ name }) => name.length));
  const values = Math.max(...settings.map(({ value }) => value.length));
  return settings.map(
    ({ name, value, from }) => `  ${name.padEnd(names)}  ${value.padEnd(values)}  (${from})`,
  );
}

function checkLines({ name, status, text, hint }: Check): readonly string[] {
  const head = `  ${MARKS[status].padEnd(MARK_WIDTH)}${name.padEnd(NAME_WIDTH)}${text}`;
  return hint === undefined ? [head] : [head, `${' '.repeat(2 + MARK_WIDTH + NAME_WIDTH)}hint: ${hint}`];
}

function verdict(exitCode: number): string {
  switch (exitCode) {
    case 0:
      return 'All is well, as far as it was tried.';
    case 1:
      return 'A run could go on, but there is something to look at.';
    case 2:
      return 'The configuration has to be put right first.';
    default:
      return 'The endpoint is not reached, refuses or fails.';
  }
}

/** The same for programs: names in snake_case. */
export function doctorJson({ settings, checks, exitCode }: Diagnosis): object {
  return {
    version: manifest.version,
    ok: exitCode === 0,
    exit_code: exitCode,
    settings,
    checks: checks.map(({ name, status, text, hint }) => ({
      name,
      status,
      text,
      ...(hint !== undefined && { hint }),
    })),
  };
}
