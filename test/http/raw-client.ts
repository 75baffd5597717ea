import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  /** As received, up to the empty line. */
  head: string;
  body: Buffer;
}

/** A connection on which the test decides what is sent in which piece, and sees what comes back to the byte. */
export class RawClient {
  readonly socket: Socket;
  readonly answers: RawAnswer[] = [];
  #pending = Buffer.alloc(0);
  #onChange = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      this.#pending = Buffer.concat([this.#pending, data]);
      this.#read();
      this.#onChange();
    });
    socket.on('close', () => this.#onChange());
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawClient(socket);
  }

  /** Sends it, and waits for one more answer than before. */
  async ask(piece: string): Promise<RawAnswer> {
    const before = this.answers.length;
    this.socket.write(piece, 'latin1');
    await this.heard(before + 1);
    return this.answers[before] as RawAnswer;
  }

  async heard(count: number): Promise<void> {
    while (this.answers.length < count) {
      if (this.socket.closed) throw new Error(`Closed after ${this.answers.length} of ${count} answers`);
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }

  #read(): void {
    for (;;) {
      const end = this.#pending.indexOf('\r\n\r\n');
      if (end === -1) return;
      const head = this.#pending.subarray(0, end + 4).toString('latin1');
      const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
      if (this.#pending.length < end + 4 + length) return;
      const body = this.#pending.subarray(end + 4, end + 4 + length);
      this.answers.push({ status: Number(head.slice(9, 12)), head, body });
      this.#pending = this.#pending.subarray(end + 4 + length);
    }
  }
}

/** The bytes of a request. */
export function rawPost(body: string, ...lines: string[]): string {
  const head = ['POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Type: application/json', ...lines];
  return [...head, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}
