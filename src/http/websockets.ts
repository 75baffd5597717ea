import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type ExecutionArgs, GraphQLError, type GraphQLSchema, getOperationAST, parse, validate } from 'graphql';
import type { Context, ServerOptions } from 'graphql-ws';
import type { WebSocketServer } from 'ws';
import { mayChange } from '../access.js';
import type { Config } from '../config.js';
import type { AppContext } from '../context.js';
import { isFault, maskError } from '../graphql/mask-error.js';
import { notListed, type QueryList, readManifest, sha256 } from '../graphql/persisted-queries.js';
import { createSchema } from '../graphql/schema.js';
import type { Logger } from '../logger.js';
import { clientAddress, clientKey } from '../net.js';
import type { RequestTracker } from '../observability/access-log.js';
import type { RefreshContext } from '../refresh/refresh.resolver.js';
import { isOriginAllowed, refusalOf } from './cors.js';

/** A subscription is a few hundred bytes. */
const MAX_PAYLOAD_BYTES = 64 * 1024;

/** Subscriptions by the protocol graphql-transport-ws, on the path of the other operations. */
export function serveSubscriptions(
  app: FastifyInstance,
  context: AppContext,
  requests: Pick<RequestTracker, 'isBusy'>,
): void {
  // Loaded with the first subscription: most servers never have one.
  let opening: Promise<SubscriptionServer> | undefined;
  const limiter = new ConnectionLimiter(context.config.http);
  app.server.on('upgrade', async (request, socket: Socket, head) => {
    socket.on('error', destroy);
    if (!isWebSocketUpgrade(request)) return declineUpgrade(app.server, requests, request, socket, head);
    if (pathOf(request) !== '/graphql') return refuse(socket, '404 Not Found');
    const { origin } = request.headers;
    if (!isOriginAllowed(context.config.http.corsOrigins, request.headers)) {
      const message = refusalOf(String(origin));
      context.logger.warn({ origin }, message);
      return refuse(socket, '403 Forbidden', message);
    }
    const release = limiter.acquire(request);
    if (release === null) return refuse(socket, '503 Service Unavailable');
    socket.once('close', release);
    opening ??= openSubscriptionServer(context);
    const { sockets } = await opening;
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  // Before Fastify waits for open connections: subscribers get a close message.
  app.addHook('preClose', async () => (await opening)?.close());
}

export function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

function destroy(this: Socket): void {
  this.destroy();
}

/** These are about the upgrade alone. */
const UPGRADE_HEADERS = new Set(['upgrade', 'connection', 'http2-settings']);

/**
 * Answers a request as if it had not offered the upgrade, as RFC 9110 (7.8) wants it: `curl --http2` and Java's
 * HttpClient offer `h2c` with every first request. Node has detached its parser by then, so the request is put back
 * without these headers, and the connection is announced again.
 */
async function declineUpgrade(
  server: Server,
  requests: Pick<RequestTracker, 'isBusy'>,
  request: IncomingMessage,
  socket: Socket,
  head: Buffer,
): Promise<void> {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [name = '', value] = request.rawHeaders.slice(at, at + 2);
    if (!UPGRADE_HEADERS.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  // The new parser does not know the responses that the old one still waits for.
  while (requests.isBusy(socket)) await delay(10);
  socket.off('error', destroy);
  if (socket.destroyed) return;
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

interface SubscriptionServer {
  sockets: WebSocketServer;
  close(): Promise<void>;
}

async function openSubscriptionServer(context: AppContext): Promise<SubscriptionServer> {
  const { config, logger, services } = context;
  const { introspection, persistedQueriesFile } = config.http;
  const [{ WebSocketServer }, { useServer }] = await Promise.all([import('ws'), import('graphql-ws/use/ws')]);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES });
  const options = subscriptionOptions({
    schema: createSchema(),
    contextFor: ({ extra, connectionParams }) => {
      const { headers } = extra.request;
      // A browser cannot set a header of a web socket.
      const { authorization = headers.authorization } = (connectionParams ?? {}) as { authorization?: unknown };
      const caller = { ...headers, authorization: typeof authorization === 'string' ? authorization : undefined };
      return { refreshes: services.refreshes, isTrusted: () => mayChange(config.http, caller) };
    },
    logger,
    introspection,
    listed: persistedQueriesFile === undefined ? undefined : readManifest(persistedQueriesFile),
  });
  const { dispose } = useServer({ ...options, isProd: true }, sockets);
  return { sockets, close: async () => dispose() };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function refuse(socket: Socket, status: string, text = ''): void {
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

const MAX_CONNECTIONS = 500;
const MAX_OF_CLIENT = 20;

/**
 * Limits web sockets: in total and for each client, so that one client cannot take them all. The second limit does not
 * hold on a loopback address, where all clients are this machine.
 */
class ConnectionLimiter {
  readonly #counts = new Map<string, number>();
  readonly #addressOf: (request: IncomingMessage) => string;
  readonly #maxOfClient: number;
  #total = 0;

  constructor({ trustedProxies, rateLimit }: Pick<Config['http'], 'trustedProxies' | 'rateLimit'>) {
    this.#addressOf = clientAddress(trustedProxies);
    this.#maxOfClient = rateLimit > 0 ? MAX_OF_CLIENT : MAX_CONNECTIONS;
  }

  /** Returns the function that releases the connection; null when the limit is reached. */
  acquire(request: IncomingMessage): (() => void) | null {
    const client = clientKey(this.#addressOf(request));
    const count = this.#counts.get(client) ?? 0;
    if (this.#total >= MAX_CONNECTIONS || count >= this.#maxOfClient) return null;
    this.#add(client, 1);
    return () => this.#add(client, -1);
  }

  #add(client: string, change: 1 | -1): void {
    const count = (this.#counts.get(client) ?? 0) + change;
    this.#total += change;
    if (count > 0) this.#counts.set(client, count);
    else this.#counts.delete(client);
  }
}

/** More than any document for the one subscription needs. */
const MAX_TOKENS = 500;
const MAX_AT_ONCE = 10;

type Client = Context<Record<string, unknown> | undefined, { request: IncomingMessage }>;

interface SubscriptionOptions {
  schema: GraphQLSchema;
  /** All that the subscription of a client needs. */
  contextFor(client: Client): Pick<RefreshContext, 'refreshes' | 'isTrusted'>;
  logger: Logger;
  /** Whether errors may suggest the names of fields. */
  introspection: boolean;
  /** The only ones that are served, if there is a manifest. */
  listed: QueryList | undefined;
}

/**
 * Only subscriptions are served: queries and mutations have a route with limits and access rules.
 */
function subscriptionOptions(options: SubscriptionOptions): ServerOptions<Client['connectionParams'], Client['extra']> {
  const { logger } = options;
  const format = (errors: readonly GraphQLError[]) =>
    errors.map((error) => {
      if (isFault(error)) logger.error({ err: error }, 'fault');
      return maskError(error.toJSON(), error);
    });
  return {
    onSubscribe: (client, _id, { query, variables, operationName }) => {
      if (Object.keys(client.subscriptions).length > MAX_AT_ONCE) {
        return [badInput(`At most ${MAX_AT_ONCE} subscriptions at once`)];
      }
      return executable(options, client, query, variables, operationName);
    },
    onError: (_context, _id, _payload, errors) => format(errors),
    onNext: (_context, _id, _payload, _args, { data = null, errors }) =>
      errors ? { data, errors: format(errors) } : { data },
  };
}

function executable(
  { schema, contextFor, introspection, listed }: SubscriptionOptions,
  client: Client,
  query: string,
  variableValues: ExecutionArgs['variableValues'],
  operationName: string | null | undefined,
): ExecutionArgs | GraphQLError[] {
  try {
    const document = parse(query, { maxTokens: MAX_TOKENS });
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'subscription') {
      return [badInput('Only subscriptions are served over web sockets: send queries and mutations with POST')];
    }
    const errors = validate(schema, document, undefined, { maxErrors: 10, hideSuggestions: !introspection });
    if (errors.length > 0) return errors.map(validationFailed);
    if (listed && !listed.has(sha256(query))) return [notListed()];
    return { schema, contextValue: contextFor(client), document, variableValues, operationName };
  } catch (error) {
    if (error instanceof GraphQLError) return [badInput(error.message)];
    throw error;
  }
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function validationFailed(error: GraphQLError): GraphQLError {
  Object.assign(error.extensions, { code: 'GRAPHQL_VALIDATION_FAILED' });
  return error;
}
