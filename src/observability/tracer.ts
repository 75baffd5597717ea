import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Refresh } from '../refresh/refresh.type.js';
import { VERSION } from '../runtime.js';

export type Tracer = ReturnType<typeof createTracer>;

interface RequestSpan {
  name: string;
  headers: IncomingHttpHeaders;
  durationMs: number;
  isFault: boolean;
  attributes: Attributes;
}

/** Sends spans to an OTLP endpoint over HTTP. This file is loaded only where there is one. */
export function createTracer(endpoint: string) {
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'country-exchange', 'service.version': VERSION }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('country-exchange', VERSION);
  const propagator = new W3CTraceContextPropagator();
  return {
    /** Called when the request has been answered. The span is part of the caller's trace, if there is one. */
    request({ name, headers, durationMs, isFault, attributes }: RequestSpan): SpanContext {
      const end = Date.now();
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const options = { kind: SpanKind.SERVER, startTime: end - durationMs, attributes };
      const span = tracer.startSpan(name, options, parent);
      if (isFault) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(end);
      return span.spanContext();
    },
    /** `parent`: the request that has started the refresh. */
    refresh({ id, startedAt, finishedAt, dryRun, phases, failure }: Refresh, parent?: SpanContext): void {
      const lasted = phases.map(({ name, durationMs }) => [
        `country_exchange.${name.toLowerCase()}_ms`,
        durationMs ?? 0,
      ]);
      const attributes = {
        'country_exchange.refresh': id,
        'country_exchange.dry_run': dryRun,
        ...Object.fromEntries(lasted),
      };
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
      const span = tracer.startSpan('refresh', { startTime: new Date(startedAt), attributes }, context);
      if (failure) span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
      span.end(new Date(finishedAt ?? Date.now()));
    },
    /** Sends what is left. */
    close: () => provider.shutdown().catch(() => undefined),
  };
}
