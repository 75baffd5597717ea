/** How long an answer is waited for before its connection counts as lost. */
export interface AnswerTimes {
  readMs: number;
  writeMs: number;
}

/** A write may wait for the locks of others, which the server itself ends after 50 s if it was told nothing else. */
export const ANSWER_TIMES: AnswerTimes = { readMs: 30_000, writeMs: 60_000 };

/** Zero, for no limit, where a statement may rightly take long: changes of tables, and the wait for one's turn at them. */
export function answerTimeMs(sql: string, { readMs, writeMs }: AnswerTimes): number {
  if (/^\s*(create|alter|drop|select get_lock)\b/i.test(sql)) return 0;
  return /^\s*(insert|update|delete|begin|commit|rollback)\b/i.test(sql) ? writeMs : readMs;
}
