import { Help } from 'commander';
import { EXIT_MEANINGS } from '../core/exit-codes.ts';

/** Fits a terminal of 80 columns. */
export const HELP_WIDTH = 79;

export const PURPOSE = 'Summarise texts through an LLM endpoint, within its rate limits, losing none.';

export const INPUTS_HELP = 'files of texts, or - for stdin: .txt (a text a line), .jsonl, .json';

const EXAMPLES = `
  gistmill articles.txt              # a text a line → a JSON result a line
  gistmill articles.jsonl -o summaries.jsonl
  cat posts.jsonl | gistmill - --text-field body --format text
  gistmill docs/*.md --each file -o out.jsonl     # each file is one text
  gistmill in.jsonl --base-url http://127.0.0.1:8000/v1 --model NAME \\
    --concurrency 64 --rpm 600 --tpm 200000
  gistmill in.jsonl --url http://127.0.0.1:9000/summarise   # any endpoint
  gistmill in.jsonl -m groq/llama-3.3-70b-versatile   # with GROQ_API_KEY
  gistmill in.txt -m NAME --prompt 'One sentence for a child: {{text}}'
  gistmill in.jsonl -m NAME --length '60 words' --language de
  gistmill in.jsonl -m NAME --preset classify --var labels=news,sport
  gistmill status out.jsonl --input in.jsonl      # what is missing or failed
  gistmill mock --rpm 600 --error-rate 0.05       # an endpoint to rehearse on
`.trimEnd();

/** What follows the options in `gistmill --help`. */
export function runHelpFooter(): string {
  return `
Every option is also a variable (--max-attempts: GISTMILL_MAX_ATTEMPTS) and a
key of gistmill.config.json or .yaml (maxAttempts). Flags win over variables,
variables over the file; --no-ordered takes back --ordered, and so on.
Times are written 250ms, 90s, 15m, 1h30m; sizes 512k, 64MiB.

Commands:
  gistmill [inputs...]  summarise (also: gistmill run)
  gistmill estimate     tell what a run would take: tokens, cost, time
  gistmill prompt       show what would be sent for the first records
  gistmill preset       list the presets, or show one, to copy and change
  gistmill batch        the same at half the price, within a day
  gistmill status       tell what is done, what failed and what is missing
  gistmill eval         measure summaries against references
  gistmill doctor       tell whether configuration and endpoint are sound
  gistmill mock         serve a local endpoint to rehearse on
  gistmill schema       print the JSON Schema of a result
  gistmill help mock    the options of gistmill mock

Examples:${EXAMPLES}

Exit codes:
${exitCodes()}

More: README.md, docs/options.md and docs/errors.md in the package.`;
}

function exitCodes(): string {
  const help = new Help();
  help.prepareContext({ helpWidth: HELP_WIDTH });
  return EXIT_MEANINGS.map(([code, meaning]) => help.formatItem(String(code), 3, meaning, help)).join('\n');
}

export const ESTIMATE_HELP_FOOTER = `
It takes the options of gistmill itself as well (see gistmill --help): put the
word "estimate" before those of the run. What is done already in -o is left
out; what concerns progress and logs changes nothing. The input is read once
and its tokens are counted; then the run is played through by the scheduler
itself, with the limits and the concurrency that are given, against an endpoint
that has no limits of its own and never fails.

Every option is also a variable: --latency is GISTMILL_ESTIMATE_LATENCY.

Examples:
  gistmill estimate in.jsonl -m gpt-4o-mini --rpm 500 --tpm 200000
  gistmill estimate in.jsonl -m NAME --base-url http://127.0.0.1:8000/v1 \\
    -c 64 --latency 1-4s --answer-tokens 80
  gistmill estimate in.jsonl -m gpt-4o-mini --json | jq .cost_usd.expected

Exit codes are those of the run, as far as they can be foreseen: 0 all will be
done, 1 some records will fail, 2 wrong usage, 4 a budget will not do.`;

export const PROMPT_HELP_FOOTER = `
It takes the options of gistmill itself as well (see gistmill --help): put the
word "prompt" before those of the run. Nothing is sent, and no key is needed.

Examples:
  gistmill prompt in.jsonl -m NAME --length short --language de
  gistmill prompt in.jsonl -m NAME --preset classify --var labels=a,b -n 1
  gistmill prompt in.jsonl -m NAME --json | jq .request.body
  gistmill prompt in.jsonl -m NAME --step reduce  # how parts are joined

Exit codes: 0 all records shown become requests; 1 some do not; 2 wrong usage.`;

export const PRESET_HELP_FOOTER = `
Examples:
  gistmill preset list
  gistmill preset show summary > mine.md          # then change it, and
  gistmill in.jsonl -m NAME --preset ./mine.md`;

export const BATCH_HELP_FOOTER = `
submit sends what is not done yet, status tells how far it is, fetch writes the
results, run does all three and waits; cancel stops. It is for OpenAI, for what
has a Batch API compatible with it, and for Anthropic. It takes the options of
gistmill itself as well (see gistmill --help): put "batch submit" before those
of the run. Later commands know the flags of the submission; what is needed
until then stands in a folder beside the results.

Examples:
  gistmill batch submit in.jsonl -m gpt-4o-mini -o out.jsonl
  gistmill batch status out.jsonl
  gistmill batch fetch out.jsonl --fallback online
  gistmill batch run in.jsonl -m anthropic/NAME -o out.jsonl   # and wait
  gistmill batch cancel out.jsonl

Exit codes are those of a run; 75: the batch is under way still.`;

export const STATUS_HELP_FOOTER = `
Nothing is written, repaired or locked, so a run may be at work meanwhile. It
takes the options of gistmill itself that say what a record is, as the run had
them: --input-format, --each, --text-field, --id-field, --max-line. Of which
fields the prompt is made is known from the file beside the results
(out.jsonl.gistmill); where there is none, --prompt or --prompt-file tell it.

Examples:
  gistmill status out.jsonl
  gistmill status out.jsonl --input in.jsonl
  gistmill status out.jsonl --input docs/*.md --each file
  gistmill status out.jsonl --input in.jsonl --json | jq .records.missing

Exit codes: 0 all is done and fine; 1 something failed, or is missing, stale,
double or damaged, or a run is still at work; 2 wrong usage, or a file cannot
be read.`;

export const EVAL_HELP_FOOTER = `
References and texts are taken from --input, whose records are joined to the
results by id, or without it from the fields that the run has copied into them
(--keep summary,text). Words are compared in lower case, without stemming;
Chinese, Japanese and Thai by characters.

Examples:
  gistmill eval out.jsonl --input in.jsonl
  gistmill eval out.jsonl --input in.jsonl --reference-field summary
  gistmill eval out.jsonl --reference-field summary --json | jq .rouge.rougeL.f

Exit codes: 0 measured; 1 there was nothing to measure; 2 wrong usage, or a
file cannot be read.`;

export const DOCTOR_HELP_FOOTER = `
It takes the options of gistmill itself as well (see gistmill --help), from
wherever they come, and shows where that is. Keys are never shown: only their
last four characters, or their length. Then it looks at the way to the endpoint
(proxy, name, connection), asks which models there are, and sends one request.

Examples:
  gistmill doctor --model groq/llama-3.3-70b-versatile
  gistmill doctor --base-url http://127.0.0.1:8000/v1 --model NAME
  gistmill doctor --no-request --json | jq .checks

Exit codes: 0 all is well; 1 a run could go on, but there is something to look
at; 2 the configuration is at fault; 3 the endpoint is not reached, or refuses.`;

export const MOCK_HELP_FOOTER = `
Every option is also a variable: --error-rate is GISTMILL_MOCK_ERROR_RATE.

Examples:
  gistmill mock --port 8089 --latency 200 --rpm 600 --error-rate 0.05
  gistmill in.txt --base-url http://127.0.0.1:8089/v1 --model any
  curl http://127.0.0.1:8089/stats`;
