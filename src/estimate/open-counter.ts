import { countTokens } from '../mock/count-tokens.ts';
import { MOCK_MODEL } from '../mock/mock-model.ts';
import { loadTokenCounter, type TokenCounter } from '../tokens/token-counter.ts';

const MOCK_COUNTER: TokenCounter = { encoding: 'bytes/4', isOwn: true, count: countTokens };

/** Counts as the model does: the one of `gistmill mock` in its own way. */
export async function openCounter(model: string): Promise<TokenCounter> {
  return model === MOCK_MODEL ? MOCK_COUNTER : loadTokenCounter(model);
}
