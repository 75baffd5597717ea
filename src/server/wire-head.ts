/** Names and values in turn, as lines. */
export function headLines(head: readonly string[]): string {
  let lines = '';
  for (let at = 0; at < head.length; at += 2) lines += `${head[at]}: ${head[at + 1]}\r\n`;
  return lines;
}

/** The head of an answer, to the byte as `node:http` writes it on a connection that stays open. */
export function wireHead(lines: string, ownHead: readonly string[], keepAliveMs: number): string {
  const keepAlive = keepAliveMs > 0 ? `Keep-Alive: timeout=${Math.floor(keepAliveMs / 1000)}\r\n` : '';
  const own = headLines(ownHead);
  return `HTTP/1.1 200 OK\r\n${lines}${own}Date: ${httpDate()}\r\nConnection: keep-alive\r\n${keepAlive}\r\n`;
}

let told = { second: 0, text: '' };

function httpDate(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== told.second) told = { second, text: new Date(second * 1000).toUTCString() };
  return told.text;
}
