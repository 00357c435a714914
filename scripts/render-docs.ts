import type { CatalogEntry } from '../src/catalog/entry.ts';
import { PROVIDERS } from '../src/catalog/providers.ts';
import { BATCH_OPTIONS } from '../src/config/batch-options.ts';
import { DOCTOR_OPTIONS } from '../src/config/doctor-options.ts';
import { ESTIMATE_OPTIONS } from '../src/config/estimate-options.ts';
import { EVAL_OPTIONS } from '../src/config/eval-options.ts';
import { MOCK_OPTIONS } from '../src/config/mock-options.ts';
import {
  ESTIMATE_PREFIX,
  flagName,
  MOCK_PREFIX,
  OTHER_VARIABLES,
  RUN_PREFIX,
  variableName,
} from '../src/config/option-names.ts';
import type { OptionSpec } from '../src/config/option-spec.ts';
import { PROMPT_OPTIONS } from '../src/config/prompt-options.ts';
import { RUN_OPTIONS } from '../src/config/run-options.ts';
import { STATUS_OPTIONS } from '../src/config/status-options.ts';
import { EXIT_MEANINGS } from '../src/core/exit-codes.ts';
import { FAILURES } from '../src/core/failures.ts';

// Renders the files that are kept from the code; test/docs.test.ts fails when one is stale.

const GENERATED = 'Generated from the code; to renew: `npx vitest run test/docs.test.ts -u`.';

export function renderEnvExample(): string {
  const other = OTHER_VARIABLES.map(([name, meaning]) => `# ${meaning}\n# ${name}=`);
  return [
    '# Copy to .env in the folder where gistmill runs, and take the # off what you set.',
    '# The real environment wins over this file, flags win over both. An empty value is not set.',
    '# Generated from the code; to renew: npx vitest run test/docs.test.ts -u',
    `\n# ---- Keys and others\n${other.join('\n')}`,
    ...envGroups(RUN_OPTIONS, RUN_PREFIX, ''),
    ...envGroups(ESTIMATE_OPTIONS, ESTIMATE_PREFIX, 'gistmill estimate: '),
    ...envGroups(MOCK_OPTIONS, MOCK_PREFIX, 'gistmill mock: '),
    '',
  ].join('\n');
}

function envGroups(specs: readonly OptionSpec[], prefix: string, title: string): string[] {
  return byGroup(specs).map(([group, members]) => {
    const lines = members.map((spec) => {
      const choices = spec.choices === undefined ? '' : `: ${spec.choices.join(', ')}`;
      return `# ${spec.help}${choices}\n# ${variableName(spec.key, prefix)}=${writtenDefault(spec)}`;
    });
    return `\n# ---- ${title}${group}\n${lines.join('\n')}`;
  });
}

/** The default as a value that could be written; nothing where it is only described. */
function writtenDefault(spec: OptionSpec): string {
  if (spec.default === undefined) return '';
  return spec.defaultText ?? String(spec.default);
}

export function renderOptions(): string {
  return `# Options

${GENERATED}

Every option can stand in four places. The first that gives it counts:

1. a flag: \`--max-attempts 3\`; given twice, the last counts. A switch is taken back by \`--no-…\`.
2. a variable: \`GISTMILL_MAX_ATTEMPTS=3\`, in the environment or in \`.env\` (or the file that \`--env-file\` names);
   the real environment wins over the file. An empty variable is not set.
3. a key of \`gistmill.config.json\`, \`.yaml\` or \`.yml\` in the current folder, or of the file that \`--config\`
   names: \`maxAttempts: 3\`. Paths in it are meant from its own folder.
4. the default.

A misspelt flag, variable or key is an error that names the nearest one.

## How values are written

| kind | on the command line and in variables | also in a file |
|---|---|---|
| number | \`600\`, \`0.5\`; whole numbers without an exponent | \`600\` |
| time | \`250ms\`, \`90s\`, \`15m\`, \`2h\`, \`1h30m\`, \`1d\`; a bare number is seconds | \`90\` |
| size | \`512k\` and \`512KiB\` are 1024 bytes each k, \`512kB\` 1000; up to \`T\`; a bare number is bytes | \`65536\` |
| switch | the bare flag; variables: \`true\`, \`false\`, \`1\`, \`0\`, \`yes\`, \`no\`, \`on\`, \`off\` | \`true\` |
| dir | a path; the bare flag, \`auto\`: the usual place; \`off\`: none | \`true\` |
| list | \`title,url\`; the flag may be repeated | \`["title", "url"]\` |
| key=json | \`top_p=0.9\`, \`'stop=["\\n"]'\`, \`'user="me"'\` (texts need quotes); repeated, or one JSON object | \`{"top_p": 0.9}\` |
| key=text | \`labels=news,sport\`; repeated | \`{"labels": ["news", "sport"]}\` |
| n or n% | \`20\`, \`5%\` | \`20\` |

## gistmill [inputs...]

${optionTables(RUN_OPTIONS, RUN_PREFIX)}
## gistmill estimate [inputs...]

All options above as well; these are flags and variables only.

${optionTables(ESTIMATE_OPTIONS, ESTIMATE_PREFIX)}
## gistmill prompt [inputs...]

All options above as well; these are flags only.

${optionTables(PROMPT_OPTIONS)}
## gistmill batch <action> [files...]

All options above as well; these are flags only.

${optionTables(BATCH_OPTIONS)}
## gistmill status <results>

All options above as well; those that say what a record is count. These are flags only.

${optionTables(STATUS_OPTIONS)}
## gistmill eval <results>

All options above as well; \`--text-field\` and those that say how inputs are read count. These are flags only.

${optionTables(EVAL_OPTIONS)}
## gistmill doctor

All options above as well. These are flags only.

${optionTables(DOCTOR_OPTIONS)}
## gistmill mock

Flags and variables only.

${optionTables(MOCK_OPTIONS, MOCK_PREFIX)}
## Keys, and other variables

A key is never an argument, which every process on the machine could read, and never stands in a configuration file.
The first that is there counts: \`--api-key-file\`, \`--api-key-env\`, \`GISTMILL_API_KEY\`, and the provider's own,
such as \`OPENAI_API_KEY\`, which goes to that provider alone. Names that end in \`_KEY\` are free for \`--api-key-env\`.

| variable | meaning |
|---|---|
${OTHER_VARIABLES.map(([name, meaning]) => row(code(name), meaning)).join('\n')}
`;
}

/** Without a prefix the options are flags only. */
function optionTables(specs: readonly OptionSpec[], prefix?: string): string {
  const inFile = prefix === RUN_PREFIX;
  return byGroup(specs)
    .map(([group, members]) => {
      const rows = members.map((spec) => optionRow(spec, prefix, inFile));
      const places = ['flag', ...(prefix === undefined ? [] : ['variable']), ...(inFile ? ['key'] : [])];
      const columns = [...places, 'default', 'meaning'];
      const head = `| ${columns.join(' | ')} |\n|${'---|'.repeat(columns.length)}`;
      return `### ${group}\n\n${head}\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

function optionRow(spec: OptionSpec, prefix: string | undefined, inFile: boolean): string {
  const short = spec.short === undefined ? '' : `${code(`-${spec.short}`)}, `;
  const choices = spec.choices === undefined ? '' : `: ${spec.choices.map(code).join(', ')}`;
  const key = ['config', 'envFile'].includes(spec.key) ? '' : code(spec.fileKey ?? spec.key);
  return row(
    short + code(flagName(spec.key)),
    ...(prefix === undefined ? [] : [code(variableName(spec.key, prefix))]),
    ...(inFile ? [key] : []),
    spec.defaultText ?? (spec.default === undefined ? '' : code(String(spec.default))),
    spec.help + choices,
  );
}

const RETRIED = {
  no: 'no',
  later: 'in a later run',
  transient: 'yes, `--max-attempts`',
  'rate-limit': 'yes, `--max-rate-limit-attempts`',
  content: 'yes, once',
} as const;

export function renderErrors(): string {
  const failures = Object.entries(FAILURES).map(([name, { retry, scope, exitCode, meaning }]) =>
    row(
      code(name),
      meaning,
      RETRIED[retry],
      scope === 'run' ? 'ends the run' : 'the record',
      String(exitCode),
    ),
  );
  return `# Errors

${GENERATED}

\`error.code\` in a result, and the codes in the closing summary and the log, are these. They are stable. A record
that fails does not stop the others: it becomes a result with \`"status": "error"\`, and the run ends with exit code 1.

| code | meaning | asked again? | concerns | exit code |
|---|---|---|---|---|
${failures.join('\n')}

## Exit codes

| code | meaning |
|---|---|
${EXIT_MEANINGS.map(([number, meaning]) => row(String(number), meaning)).join('\n')}
`;
}

function byGroup(specs: readonly OptionSpec[]): [string, OptionSpec[]][] {
  const groups = new Map<string, OptionSpec[]>();
  for (const spec of specs) groups.set(spec.group, [...(groups.get(spec.group) ?? []), spec]);
  return [...groups];
}

function code(text: string): string {
  return `\`${text}\``;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** What stands in docs/providers.md of the providers that are known by name. */
export function renderProviders(): string {
  const rows = (PROVIDERS as readonly CatalogEntry[]).map((entry) => {
    const { name, title, baseUrl, urlExample, keyVariables, source } = entry;
    const described = source.startsWith('https:') ? `[${title}](${source})` : title;
    const where = baseUrl ?? (urlExample === undefined ? '' : `--base-url ${urlExample}`);
    const keys = [...(entry.wire === 'bedrock' ? ['AWS_ACCESS_KEY_ID'] : []), ...keyVariables];
    return row(code(name), described, where === '' ? '' : code(where), keys.map(code).join(', '));
  });
  return `| name | what it is | where | key |\n|---|---|---|---|\n${rows.join('\n')}`;
}
