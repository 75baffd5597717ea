import type { HttpClient } from '../../../src/refresh/sources/http.js';
import type { SourceRequest } from '../../../src/refresh/sources/source.js';

/** A request as the refresh makes it, with enough time for every answer but those that never end. */
export function ask(
  http: HttpClient,
  url: string | undefined,
  { apiKey, timeoutMs = 10_000, signal = AbortSignal.timeout(timeoutMs) }: Partial<SourceRequest> = {},
): SourceRequest {
  return { url, apiKey, http, timeoutMs, signal };
}
