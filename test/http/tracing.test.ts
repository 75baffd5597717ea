import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from 'vitest';
import { serve } from './serve.js';

interface Span {
  name: string;
  traceId: string;
  parentSpanId?: string;
  attributes: { key: string; value: unknown }[];
}

test('a request becomes a span in the trace of its caller, and a refresh one of its own', async () => {
  const spans: Span[] = [];
  const collector = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse(await text(request));
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  afterAll(() => collector.close());
  const { port } = collector.address() as AddressInfo;
  const { post, server } = await serve({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/` });
  const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  await post(
    'query Names { country(code: "CI") { name } }',
    {},
    { traceparent: `00-${traceId}-${spanId}-01` },
  );
  await server.close();
  expect(spans.map(({ name }) => name).sort()).toEqual(['query Names', 'refresh']);
  const span = spans.find(({ name }) => name === 'query Names');
  expect(span).toMatchObject({ traceId, parentSpanId: spanId });
  expect(span?.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 200 } });
});
