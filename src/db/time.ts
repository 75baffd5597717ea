/**
 * A moment as the tables hold it, `YYYY-MM-DD HH:MM:SS.mmm` in UTC: text that every dialect gives back as it was,
 * and that sorts by time.
 */
export function toStored(moment: Date | string): string {
  const iso = typeof moment === 'string' && isoPattern.test(moment) ? moment : new Date(moment).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
}

/** `2026-01-01T00:00:00.123Z` for what toStored made of it. */
export function toIso(stored: string): string {
  if (stored !== last.stored) last = { stored, iso: `${stored.slice(0, 10)}T${stored.slice(11)}Z` };
  return last.iso;
}

/** Rows that were written together have it in common, and a list has hundreds of them. */
let last = { stored: '', iso: '' };

const isoPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
