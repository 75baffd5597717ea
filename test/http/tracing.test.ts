import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { serve } from './serve.js';

interface Span {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: { intValue?: number; boolValue?: boolean } }[];
}

let spans: Span[] = [];
const collector = createServer(async (request, response) => {
  const { resourceSpans } = JSON.parse(await text(request));
  for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
  response.setHeader('content-type', 'application/json').end('{}');
}).listen(0, '127.0.0.1');
await once(collector, 'listening');
const { port } = collector.address() as AddressInfo;
afterAll(() => collector.close());
beforeEach(() => {
  spans = [];
});

const startServer = () => serve({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/` });
const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
const traceparent = `00-${traceId}-${spanId}-01`;
const named = (name: string) => spans.filter((span) => span.name === name);

test('a request becomes a span in the trace of its caller, and a refresh one of its own', async () => {
  const { post, server } = await startServer();
  await post('query Names { country(code: "CI") { name } }', {}, { traceparent });
  await server.close();
  expect(spans.map(({ name }) => name).sort()).toEqual(['query Names', 'refresh']);
  const [span] = named('query Names');
  expect(span).toMatchObject({ traceId, parentSpanId: spanId });
  expect(span?.attributes).toContainEqual({ key: 'http.response.status_code', value: { intValue: 200 } });
});

test.each(['true', 'false'])(
  'a refresh becomes one span in the trace of its mutation, after the drawing: wait: %s',
  async (wait) => {
    const { post, server, context } = await startServer();
    await post(`mutation Go { refreshCountries(input: { wait: ${wait} }) { id } }`, {}, { traceparent });
    await expect.poll(() => context.services.refreshes.running()).toBeNull();
    await context.services.refreshes.drawn();
    await server.close();
    const [request] = named('mutation Go');
    const refreshes = named('refresh').filter((span) => span.traceId === traceId);
    expect(refreshes).toMatchObject([{ parentSpanId: request?.spanId }]);
    const drawn = refreshes[0]?.attributes.find(({ key }) => key === 'country_exchange.draw_ms');
    expect(drawn?.value.intValue).toBeGreaterThan(0);
  },
);

test('a refresh that fails becomes one too, though it ends before its mutation is answered', async () => {
  const { post, server, context } = await startServer();
  await context.database.kysely.schema.dropTable('held_rates').execute();
  const { errors } = await post('mutation Go { refreshCountries { id } }', {}, { traceparent });
  expect(errors).toHaveLength(1);
  await server.close();
  const [request] = named('mutation Go');
  const refreshes = named('refresh').filter((span) => span.traceId === traceId);
  expect(refreshes).toMatchObject([{ parentSpanId: request?.spanId }]);
});
