import { AppError } from '../../core/errors.ts';

export function openAiKeyMissing(): AppError {
  return new AppError('missing_key', 'OpenAI needs an API key', {
    hint: 'set OPENAI_API_KEY, or name a file that holds the key with --api-key-file',
  });
}
