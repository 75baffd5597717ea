import type { WriteStream } from 'node:tty';

const WIDTH = 40;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_TO_END = '\x1b[K';

/** A bar in one line of a terminal, drawn over itself. */
export class ProgressBar {
  readonly #terminal: WriteStream;
  #isShown = false;

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
  }

  /** `share`: 0 to 1. */
  show(share: number, note: string): void {
    const filled = Math.round(WIDTH * share);
    const line = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${Math.floor(100 * share)} % ${note}`;
    // A longer line would wrap, and the carriage return would not reach its beginning. Some terminals report 0 columns.
    const fitting = line.slice(0, (this.#terminal.columns || 80) - 1);
    this.#terminal.write(`${HIDE_CURSOR}\r${fitting}${CLEAR_TO_END}`);
    this.#isShown = true;
  }

  /** Leaves the line as it is. */
  stop(): void {
    if (this.#isShown) this.#terminal.write(`\n${SHOW_CURSOR}`);
    this.#isShown = false;
  }
}
