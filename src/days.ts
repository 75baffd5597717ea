// Calendar days as text, `YYYY-MM-DD`, in UTC.

export const MS_PER_DAY = 24 * 60 * 60 * 1000;

/** Whether it is a day of the calendar that every database can compare with: PostgreSQL has no year 0. */
export function isDay(value: unknown): value is string {
  if (typeof value !== 'string' || !/^(?!0000)\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && toDay(time) === value;
}

/** The day of a moment. */
export function toDay(time: Date | number): string {
  return new Date(time).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return toDay(Date.parse(day) + days * MS_PER_DAY);
}

/** Both ends included. */
export function daysIn({ from, to }: { from: string; to: string }): number {
  return (Date.parse(to) - Date.parse(from)) / MS_PER_DAY + 1;
}
