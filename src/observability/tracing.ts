import type { Span, SpanContext } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { AppContext } from '../context.js';
import type { RequestFacts } from '../graphql/context.js';
import { hasEnded } from '../refresh/phases.js';
import type { Refresh } from '../refresh/refresh.type.js';
import { VERSION } from '../runtime.js';
import type { AccessLogEntry, RequestTracker } from './access-log.js';

/** Sends a span for each request and each refresh to an OTLP endpoint, if one is configured. */
export async function traceRequests(
  app: FastifyInstance,
  { config, services }: AppContext,
  requests: RequestTracker,
): Promise<void> {
  const endpoint = config.http.tracesEndpoint;
  if (endpoint === undefined) return;
  const tracer = await createTracer(endpoint);
  const open = new Map<RequestFacts, Span>();
  const started = new LRUCache<string, SpanContext>({ max: 100 });
  app.addHook('onRequest', ({ facts, headers }, _reply, done) => {
    open.set(facts, tracer.startRequest(headers));
    done();
  });
  requests.onRequestFinished((entry) => {
    const { facts, headers, durationMs } = entry;
    // A request over the limit is refused before the hook.
    const span = open.get(facts) ?? tracer.startRequest(headers, durationMs);
    open.delete(facts);
    endRequest(span, entry);
    if (facts.refresh) started.set(facts.refresh, span.spanContext());
  });
  let last: string | undefined;
  const stopWatching = services.refreshes.watch((report) => {
    // The picture is drawn after the refresh, and the span includes it.
    if (report.joined || report.id === last || !report.phases.every((phase) => hasEnded(phase.state))) return;
    last = report.id;
    const request = [...open].find(([{ refresh }]) => refresh === report.id)?.[1].spanContext();
    tracer.refresh(report, started.get(report.id) ?? request);
  });
  app.addHook('onClose', async () => {
    stopWatching();
    await tracer.close();
  });
}

/** OpenTelemetry is loaded only when it is used. */
async function createTracer(endpoint: string) {
  const { defaultTextMapGetter, ROOT_CONTEXT, SpanKind, trace } = await import('@opentelemetry/api');
  const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const { BasicTracerProvider, BatchSpanProcessor } = await import('@opentelemetry/sdk-trace-base');
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'country-exchange', 'service.version': VERSION }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('country-exchange', VERSION);
  const propagator = new W3CTraceContextPropagator();
  return {
    /** Part of the caller's trace, if the headers name one. */
    startRequest(headers: AccessLogEntry['headers'], agoMs = 0): Span {
      const caller = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      return tracer.startSpan('', { kind: SpanKind.SERVER, startTime: Date.now() - agoMs }, caller);
    },
    /** `request`: the one that has started the refresh. */
    refresh(report: Refresh, request: SpanContext | undefined): void {
      const { startedAt, finishedAt, failure } = report;
      const parent = request ? trace.setSpanContext(ROOT_CONTEXT, request) : ROOT_CONTEXT;
      const options = { startTime: new Date(startedAt), attributes: attributesOf(report) };
      const span = tracer.startSpan('refresh', options, parent);
      if (failure) span.setStatus({ code: ERROR_STATUS, message: failure.message });
      span.end(new Date(finishedAt ?? Date.now()));
    },
    /** Sends what is left. */
    close: () => provider.shutdown().catch(() => undefined),
  };
}

/** SpanStatusCode.ERROR */
const ERROR_STATUS = 2;

function endRequest(
  span: Span,
  { requestId, method, route, status, facts: { operation, cost, cache, codes, actor } }: AccessLogEntry,
): void {
  span.updateName(operation ?? `${method} ${route}`);
  if (status >= 500 || codes?.includes('INTERNAL_SERVER_ERROR')) span.setStatus({ code: ERROR_STATUS });
  span.setAttributes({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
    'graphql.operation': operation,
    'country_exchange.request_id': requestId,
    'country_exchange.cost': cost,
    'country_exchange.cache': cache,
    'country_exchange.errors': codes,
    'country_exchange.actor': actor,
  });
  span.end();
}

function attributesOf({ id, dryRun, phases }: Refresh) {
  return {
    'country_exchange.refresh': id,
    'country_exchange.dry_run': dryRun,
    ...Object.fromEntries(
      phases.map(({ name, durationMs }) => [`country_exchange.${name.toLowerCase()}_ms`, durationMs ?? 0]),
    ),
  };
}
