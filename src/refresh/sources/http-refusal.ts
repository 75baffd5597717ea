import type { Dispatcher } from 'undici';
import { STATUS_CODES } from '../../node-http.js';
import { textIn } from './http-body.js';
import { HttpFailure } from './http-failure.js';
import { messageIn, quoted } from './upstream-message.js';

/** The failure that an answer with another status than 2xx stands for. */
export async function refusal(response: Dispatcher.ResponseData, maxRedirects: number): Promise<HttpFailure> {
  const { statusCode, headers } = response;
  const message = await messageOf(response);
  if (statusCode < 400 && headers.location) return new HttpFailure(`more than ${maxRedirects} redirects`);
  return new HttpFailure(statusLine(statusCode) + (message ? `: ${quoted(message)}` : ''), {
    isTransient: statusCode === 429 || statusCode >= 500,
    retryAfterMs: retryAfterMs(headers['retry-after']),
  });
}

function statusLine(statusCode: number): string {
  return `HTTP ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trimEnd();
}

/** A complaint is short; what cannot be read of it is no second failure. */
async function messageOf(response: Dispatcher.ResponseData): Promise<string | null> {
  try {
    return messageIn(JSON.parse(await textIn(response, 100_000)));
  } catch {
    return null;
  }
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
