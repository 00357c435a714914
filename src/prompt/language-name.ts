import { AppError } from '../core/errors.ts';

export interface Language {
  /** BCP 47, in its usual spelling: `pt-BR`. */
  readonly tag: string;
  /** In English: `Brazilian Portuguese`. */
  readonly name: string;
}

/** The language of a BCP 47 tag. Throws `usage` for what is none; `label` names where it comes from. */
export function languageOf(text: string, label: string): Language {
  const tag = canonical(text.trim());
  const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  const name = tag && names.of(tag);
  if (tag !== undefined && name !== undefined) return { tag, name };
  throw new AppError('usage', `${label}: ${JSON.stringify(text.slice(0, 60))} is not the tag of a language`, {
    hint: 'write a BCP 47 tag such as en, de, pt-BR or zh-Hans, or auto for the language of the text',
  });
}

function canonical(text: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(text)[0];
  } catch {
    return undefined;
  }
}
