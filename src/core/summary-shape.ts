/** How long a summary should be. */
export interface SummaryLength {
  readonly unit: 'words' | 'sentences';
  readonly count: number;
}

export type SummaryStyle = 'paragraph' | 'bullets' | 'headline' | 'tldr' | 'abstract';

/** What a summary should be like. What is not set is left to the preset or the provider. */
export interface SummaryShape {
  readonly length?: SummaryLength;
  readonly style?: SummaryStyle;
  /** BCP 47 tag of the language to write in, such as `de`; without it that of the text. */
  readonly language?: string;
}
