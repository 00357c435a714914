import { cutPiece } from './cut-piece.ts';

/** In UTF-16 units: what is longer is read in samples, so that no text takes more than about a second. */
export const LONGEST_READ = 2_000_000;
const SAMPLES = 200;

/** The text itself, or from a longer one as many even samples as make up `LONGEST_READ`, each its own paragraph. */
export function sampleText(text: string): string {
  if (text.length <= LONGEST_READ) return text;
  const size = LONGEST_READ / SAMPLES;
  const samples: string[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const from = sampleStart(text, Math.floor((sample * text.length) / SAMPLES), size / 10);
    samples.push(cutPiece(text, from, size));
  }
  return samples.join('\n\n');
}

/** Behind the next space, where one is near, and never between the halves of a surrogate pair. */
function sampleStart(text: string, from: number, near: number): number {
  if (from === 0) return 0;
  const space = text.slice(from, from + near).indexOf(' ');
  if (space !== -1) return from + space + 1;
  const unit = text.charCodeAt(from);
  return unit >= 0xdc00 && unit <= 0xdfff ? from + 1 : from;
}
