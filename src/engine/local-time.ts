/** The furthest moment that a Date can hold, in ms from the epoch (ECMAScript, "Time Values and Time Range"). */
const LAST_MS = 8.64e15;

/** A moment as a local clock shows it: `2026-08-12T14:03:05+02:00`. Undefined beyond what dates can hold. */
export function localTime(epochMs: number): string | undefined {
  if (!(Math.abs(epochMs) <= LAST_MS)) return undefined;
  const offsetMinutes = -new Date(epochMs).getTimezoneOffset();
  // A date of which UTC shows what the local clock does.
  const shown = new Date(Math.min(LAST_MS, epochMs + offsetMinutes * 60_000)).toISOString().slice(0, -5);
  const twoDigits = (n: number): string => String(n).padStart(2, '0');
  const [hours, minutes] = [Math.floor(Math.abs(offsetMinutes) / 60), Math.abs(offsetMinutes) % 60];
  return `${shown}${offsetMinutes < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(minutes)}`;
}
