import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  type OperationDefinitionNode,
  parse,
  type SelectionNode,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { mayChange } from '../access.js';
import type { Config } from '../config.js';
import type { AppContext } from '../context.js';
import { parseWithinLimits } from '../graphql/limits/document.js';
import { isFault, maskError } from '../graphql/mask-error.js';
import { notListed, readManifest, sha256 } from '../graphql/persisted-queries.js';
import { createSchema } from '../graphql/schema.js';
import { clientAddress, clientKey } from '../net.js';
import type { RequestTracker } from '../observability/access-log.js';
import { isOriginAllowed, refusalOf } from './cors.js';

/** Subscriptions by the protocol graphql-transport-ws, on the path of the other operations. */
export function serveSubscriptions(app: FastifyInstance, context: AppContext, requests: RequestTracker): void {
  // Loaded with the first subscription: most servers never have one.
  let opening: ReturnType<typeof openSubscriptionServer> | undefined;
  const limiter = new ConnectionLimiter(context.config.http);
  app.server.on('upgrade', async (request, socket: Socket, head) => {
    socket.on('error', destroy);
    if (!isWebSocketUpgrade(request)) return declineUpgrade(app.server, requests, request, socket, head);
    if (request.url?.split('?', 1)[0] !== '/graphql') return refuse(socket, '404 Not Found');
    const { origin } = request.headers;
    if (!isOriginAllowed(context.config.http.corsOrigins, request.headers)) {
      const message = refusalOf(String(origin));
      context.logger.warn({ origin }, message);
      return refuse(socket, '403 Forbidden', message);
    }
    if (!limiter.acquire(request, socket)) return refuse(socket, '503 Service Unavailable');
    opening ??= openSubscriptionServer(context);
    const { sockets } = await opening;
    sockets.handleUpgrade(request, socket, head, (client) => {
      sockets.emit('connection', client, request);
      // graphql-ws would print them with a stack trace: a message that is too large, for instance.
      client.removeAllListeners('error').on('error', (err) => context.logger.info({ err: err.message }, 'web socket'));
    });
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

/** These concern the upgrade alone. */
const UPGRADE_HEADERS = new Set(['upgrade', 'connection', 'http2-settings']);

/**
 * Answers a request as if it had not offered the upgrade, as RFC 9110 (7.8) says: `curl --http2` and Java's
 * HttpClient offer `h2c` with every first request. Node has detached its parser by then, so the request is put back
 * without these headers, and the connection is announced again.
 */
async function declineUpgrade(
  server: Server,
  requests: RequestTracker,
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
  /** By their connections. */
  readonly #clients = new Map<Socket, string>();
  readonly #addressOf: (request: IncomingMessage) => string;
  readonly #maxOfClient: number;

  constructor({ trustedProxies, rateLimit }: Config['http']) {
    this.#addressOf = clientAddress(trustedProxies);
    this.#maxOfClient = rateLimit > 0 ? MAX_OF_CLIENT : MAX_CONNECTIONS;
  }

  /** Returns false when the limit is reached. The end of the connection releases it. */
  acquire(request: IncomingMessage, socket: Socket): boolean {
    const client = clientKey(this.#addressOf(request));
    const count = [...this.#clients.values()].filter((other) => other === client).length;
    if (this.#clients.size >= MAX_CONNECTIONS || count >= this.#maxOfClient) return false;
    this.#clients.set(socket, client);
    socket.once('close', () => this.#clients.delete(socket));
    return true;
  }
}

/** A subscription is a few hundred bytes. */
const MAX_PAYLOAD_BYTES = 64 * 1024;

/** More than any document for the one subscription needs. */
const MAX_TOKENS = 500;
const MAX_AT_ONCE = 10;

/** How long a stopping server waits for clients to answer its close message. */
const CLOSE_WITHIN_MS = 1_000;

async function openSubscriptionServer({ config, logger, services }: AppContext) {
  const limits = { ...config.limits, QUERY_MAX_TOKENS: MAX_TOKENS };
  const { introspection, persistedQueriesFile } = config.http;
  const [{ WebSocketServer }, { useServer }] = await Promise.all([import('ws'), import('graphql-ws/use/ws')]);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES });
  const schema = createSchema();
  const listed = persistedQueriesFile === undefined ? undefined : readManifest(persistedQueriesFile);

  /** The document, or its errors; throws where there is a single one. */
  function parseSubscription({ query, operationName, variables }: SubscribePayload): DocumentNode | GraphQLError[] {
    const document = parseWithinLimits(query, limits) ?? parse(query);
    const { variableDefinitions = [] } = subscriptionIn(document, operationName);
    const errors = validate(schema, document, undefined, { maxErrors: 10, hideSuggestions: !introspection });
    if (errors.length > 0) return errors.map((error) => withDefaultCode(error, 'GRAPHQL_VALIDATION_FAILED'));
    if (hasConditionalRoot(schema, document)) throw badInput('The field of a subscription cannot have directives');
    const values = getVariableValues(schema, variableDefinitions, variables ?? {}, { maxErrors: 10 });
    if (values.errors) return values.errors.map(({ message }) => badInput(message));
    if (listed && !listed.has(sha256(query))) throw notListed();
    return document;
  }

  /** All that the subscription of a client needs. */
  function contextFor({ headers }: IncomingMessage, parameters: Record<string, unknown> | undefined) {
    // A browser cannot set a header of a web socket.
    const { authorization = headers.authorization } = parameters ?? {};
    const caller = { ...headers, authorization: typeof authorization === 'string' ? authorization : undefined };
    return { refreshes: services.refreshes, isTrusted: () => mayChange(config.http, caller) };
  }

  const masked = (errors: readonly GraphQLError[]) =>
    errors.map((error) => {
      if (isFault(error)) logger.error({ err: error }, 'fault');
      return maskError(error.toJSON(), error);
    });

  const server = useServer(
    {
      isProd: true,
      onSubscribe: ({ subscriptions, extra, connectionParams }, _id, payload) => {
        if (Object.keys(subscriptions).length > MAX_AT_ONCE) {
          return [badInput(`At most ${MAX_AT_ONCE} subscriptions at once`)];
        }
        try {
          const document = parseSubscription(payload);
          if (Array.isArray(document)) return document;
          const { variables, operationName } = payload;
          const contextValue = contextFor(extra.request, connectionParams);
          return { schema, contextValue, document, variableValues: variables, operationName };
        } catch (error) {
          if (error instanceof GraphQLError) return [withDefaultCode(error, 'GRAPHQL_PARSE_FAILED')];
          throw error;
        }
      },
      onError: (_context, _id, _payload, errors) => masked(errors),
      onNext: (_context, _id, _payload, _args, { data = null, errors }) =>
        errors ? { data, errors: masked(errors) } : { data },
    },
    sockets,
  );
  const close = async () => {
    const terminate = () => {
      for (const client of sockets.clients) client.terminate();
    };
    const timer = setTimeout(terminate, CLOSE_WITHIN_MS);
    await server.dispose();
    clearTimeout(timer);
  };
  return { sockets, close };
}

/** Only subscriptions are served: queries and mutations have a route with limits and access rules. */
function subscriptionIn(document: DocumentNode, name: string | null | undefined): OperationDefinitionNode {
  const operation = getOperationAST(document, name);
  if (!operation)
    throw withCode('Unknown operationName, or several operations without one', 'OPERATION_RESOLUTION_FAILURE');
  if (operation.operation === 'subscription') return operation;
  throw badInput('Only subscriptions are served over web sockets: send queries and mutations with POST');
}

/** Whether a directive may leave out the field of the subscription, which graphql does not expect. */
function hasConditionalRoot(schema: GraphQLSchema, document: DocumentNode): boolean {
  const typeInfo = new TypeInfo(schema);
  let isConditional = false;
  const enter = ({ directives = [] }: SelectionNode) => {
    if (typeInfo.getParentType() === schema.getSubscriptionType()) isConditional ||= directives.length > 0;
  };
  visit(document, visitWithTypeInfo(typeInfo, { Field: enter, InlineFragment: enter, FragmentSpread: enter }));
  return isConditional;
}

function badInput(message: string): GraphQLError {
  return withCode(message, 'BAD_USER_INPUT');
}

function withCode(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function withDefaultCode(error: GraphQLError, code: string): GraphQLError {
  error.extensions.code ??= code;
  return error;
}
