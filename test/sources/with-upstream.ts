import { afterAll, afterEach } from 'vitest';
import { createHttpClient, type HttpClient } from '../../src/sources/http-client.js';
import type { SourceRequest } from '../../src/sources/source.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

/** A stub upstream and a client for the tests of one file; both are closed after them. */
export async function withUpstream(): Promise<{ upstream: Upstream; http: HttpClient }> {
  const upstream = await startUpstream();
  const http = createHttpClient({ retryDelayMs: 1 });
  afterEach(() => upstream.restore());
  afterAll(async () => {
    await http.close();
    await upstream.close();
  });
  return { upstream, http };
}

/** A request as the refresh makes it, with enough time for every answer except those that never end. */
export function ask(
  http: HttpClient,
  url: string | undefined,
  { apiKey, timeoutMs = 10_000, signal = AbortSignal.timeout(timeoutMs) }: Partial<SourceRequest> = {},
): SourceRequest {
  return { url, apiKey, http, timeoutMs, signal };
}
