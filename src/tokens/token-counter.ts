import { cutRuns } from './cut-runs.ts';

type Encoding = 'o200k_base' | 'cl100k_base';

export interface TokenCounter {
  /** The encoding by which it counts. */
  readonly encoding: string;
  /** Whether that is known to be the model's own; else the count is an approximation. */
  readonly isOwn: boolean;
  /** Tokens of a text, at millions of characters a second, whatever stands in it. Blocks meanwhile. */
  count(text: string): number;
}

/** Special tokens that stand in a text, such as `<|endoftext|>`, are text. */
const AS_TEXT = { disallowedSpecial: new Set<string>() };

/** Loads the encoding of a model (about 130 ms and 70 MB, once a process) and counts by it. */
export async function loadTokenCounter(model?: string): Promise<TokenCounter> {
  const encoding = encodingOf(model);
  const { countTokens, clearMergeCache, setMergeCacheSize } = await LOADERS[encoding]();
  setMergeCacheSize(Number.POSITIVE_INFINITY);
  let remembered = 0;
  const countPiece = (piece: string): number => {
    remembered += piece.length;
    if (remembered > MOST_REMEMBERED) {
      clearMergeCache();
      remembered = piece.length;
    }
    return countTokens(piece, AS_TEXT);
  };
  return {
    encoding,
    isOwn: hasOwnEncoding(model),
    count: (text) => cutRuns(text).reduce((sum, piece) => sum + countPiece(piece), 0),
  };
}

/**
 * UTF-16 units after which the tokenizer forgets the words it has met. Left to itself it forgets one at a time, and
 * once it has met 100,000 that takes longer than the counting (gpt-tokenizer 4.0.0: base64 at 0.3 MB/s, not 1.5).
 */
const MOST_REMEMBERED = 500_000;

/** Whether a model's tokens are counted exactly, since its encoding is known. Loads nothing. */
export function hasOwnEncoding(model: string | undefined): boolean {
  return model !== undefined && OPENAI.test(bareName(model));
}

const LOADERS = {
  o200k_base: () => import('gpt-tokenizer/encoding/o200k_base'),
  cl100k_base: () => import('gpt-tokenizer/encoding/cl100k_base'),
} as const;

const OPENAI = /^(gpt-|chatgpt-|o[1-9](-|$))/;
/** The models before GPT-4o (tiktoken's `model.py`); all later ones use the encoding of that. */
const BEFORE_4O = /^gpt-(4($|-)|3\.5|35-)/;

function encodingOf(model = ''): Encoding {
  return BEFORE_4O.test(bareName(model)) ? 'cl100k_base' : 'o200k_base';
}

/** Gateways write the maker before the name: `openai/gpt-4o`. */
function bareName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1);
}
