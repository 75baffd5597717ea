/** All lengths are pixels, on a grid of 8. Baselines and tops are measured from the top edge. */
export const PICTURE = { width: 1200, height: 630 } as const;

export const LEFT_COLUMN = { x: 64, width: 328 } as const;

export const RIGHT_COLUMN = { x: 456, width: 680 } as const;

export const FOOTER = { x: 64, width: 1072, ruleY: 552 } as const;

export const COLORS = {
  background: '#f8f7f4',
  ink: '#14202e',
  /** 5.6:1 against the background. */
  muted: '#5a6675',
  rule: '#dedcd5',
  track: '#e8e6e0',
  accent: '#0f6b66',
  outline: 'rgba(20, 32, 46, 0.14)',
} as const;
