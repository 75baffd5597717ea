/** By how much the clocks of machines are expected to differ. */
const MAX_SKEW_MS = 5 * 60_000;

/**
 * How long ago a refresh ended, by the clock of this process. Null without one, and when it would be yet to come: then
 * the clock here is wrong, or the one of the machine that ran it.
 */
export function ageOf(refreshedAt: string | null, now = Date.now()): number | null {
  if (refreshedAt === null) return null;
  const ageMs = now - Date.parse(refreshedAt);
  return ageMs < -MAX_SKEW_MS ? null : Math.max(0, ageMs);
}
