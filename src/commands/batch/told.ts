import { type BatchState, isOver, type PartState } from '../../lanes/batch-state.ts';
import { formatNumber, formatSeconds } from '../../observe/format.ts';

/** Requests of a batch, by what became of them so far. */
export function progressOf({ parts }: BatchState): { total: number; done: number; failed: number } {
  const sum = (of: (part: PartState) => number): number => parts.reduce((total, part) => total + of(part), 0);
  return {
    total: sum(({ requests }) => requests),
    done: sum(({ seen }) => seen?.done ?? 0),
    failed: sum(({ seen }) => seen?.failed ?? 0),
  };
}

/** A line about all of it. */
export function batchLine(state: BatchState): string {
  const { total, done, failed } = progressOf(state);
  const over = state.parts.filter(isOver).length;
  const waiting = state.parts.filter(({ status }) => status === 'ready').length;
  return [
    `batch: ${formatNumber(done)} of ${formatNumber(total)} requests answered`,
    ...(failed > 0 ? [`${formatNumber(failed)} failed`] : []),
    `${over} of ${state.parts.length} parts ended`,
    ...(waiting > 0 ? [`${waiting} not sent yet`] : []),
  ].join(', ');
}

/** A line about each part. */
export function partLines({ parts }: BatchState, nowMs: number): string[] {
  return parts.map((part) => {
    const { number, requests, batchId, seen } = part;
    const counts =
      seen === undefined
        ? `${formatNumber(requests)} requests`
        : `${formatNumber(seen.done)} of ${formatNumber(requests)} answered${seen.failed > 0 ? `, ${formatNumber(seen.failed)} failed` : ''}`;
    return `part ${number}: ${wordOf(part, nowMs)}, ${counts}${batchId === undefined ? '' : ` (${batchId})`}`;
  });
}

function wordOf({ status, seen, message, waitUntil }: PartState, nowMs: number): string {
  const why = message === undefined ? '' : `: ${message}`;
  switch (status) {
    case 'open':
      return seen?.status ?? 'open';
    case 'ended':
    case 'fetched':
      return `${seen?.status ?? 'ended'}, ${status === 'fetched' ? 'fetched' : 'to be fetched'}`;
    case 'ready': {
      const left = waitUntil === undefined ? 0 : Date.parse(waitUntil) - nowMs;
      return left > 0 ? `waits ${formatSeconds(left)} for room${why}` : `not sent yet${why}`;
    }
    case 'creating':
      return 'perhaps sent';
    case 'refused':
      return `refused${why}`;
    case 'unsent':
      return 'not sent';
  }
}
