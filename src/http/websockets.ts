import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import {
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import type { ServerOptions } from 'graphql-ws';
import type { WebSocketServer } from 'ws';
import type { Config } from '../config.js';
import type { AppContext } from '../context.js';
import { isFault, maskError } from '../graphql/mask-error.js';
import { notListed, type QueryList, readManifest } from '../graphql/persisted-queries.js';
import { createSchema } from '../graphql/schema.js';
import type { Logger } from '../logger.js';
import { clientKey } from '../net.js';
import type { RefreshContext } from '../refresh/refresh.resolver.js';
import { addressReader } from './client-address.js';

/** A subscription is a few hundred bytes. */
const MAX_PAYLOAD_BYTES = 64 * 1024;

/** Subscriptions by the graphql-ws protocol, on the path of the other operations. */
export function serveSubscriptions(app: FastifyInstance, context: AppContext): void {
  // Most servers never see a subscription: what serves it is loaded with the first.
  let opening: Promise<Door> | undefined;
  const places = new SocketPlaces(context.config.http);
  app.server.on('upgrade', async (request, socket, head) => {
    if (!isWebSocketUpgrade(request)) return declineUpgrade(app.server, request, socket, head);
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== '/graphql') return refuse(socket, '404 Not Found');
    const leave = places.take(request);
    if (leave === null) return refuse(socket, '503 Service Unavailable');
    socket.once('close', leave);
    opening ??= openDoor(context);
    const { sockets } = await opening;
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  });
  // Before Fastify waits for open connections: subscribers are told that the server goes away.
  app.addHook('preClose', async () => (await opening)?.close());
}

export function isWebSocketUpgrade({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket';
}

/** These have a meaning for the upgrade alone. */
const UPGRADE_HEADERS = new Set(['upgrade', 'connection', 'http2-settings']);

/**
 * Answers a request as if it had not asked for the upgrade, as RFC 9110 (7.8) has it: `curl --http2` and Java's
 * HttpClient offer `h2c` with every first request. Node has stopped parsing the connection by then, so the request is
 * put back without these headers and the connection begun anew.
 */
function declineUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    const [name = '', value] = request.rawHeaders.slice(at, at + 2);
    if (!UPGRADE_HEADERS.has(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

interface Door {
  sockets: WebSocketServer;
  close(): Promise<void>;
}

async function openDoor({ config: { http }, logger, services: { refreshes } }: AppContext): Promise<Door> {
  const [{ WebSocketServer }, { useServer }] = await Promise.all([import('ws'), import('graphql-ws/use/ws')]);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES });
  const options = subscriptionServer({
    schema: createSchema(),
    context: { refreshes },
    logger,
    introspection: http.introspection,
    listed: http.persistedQueriesFile === undefined ? undefined : readManifest(http.persistedQueriesFile),
  });
  const { dispose } = useServer({ ...options, isProd: true }, sockets);
  return { sockets, close: async () => dispose() };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

const OF_ALL = 500;
const OF_ONE = 20;

/**
 * How many web sockets there may be, and of them one client's, or the first would take all places. Like the limit of
 * requests, the second does not hold on a loopback address, where all clients are this machine.
 */
class SocketPlaces {
  readonly #taken = new Map<string, number>();
  readonly #ipOf: (request: IncomingMessage) => string;
  readonly #ofOne: number;
  #total = 0;

  constructor({ trustedProxies, rateLimit }: Pick<Config['http'], 'trustedProxies' | 'rateLimit'>) {
    this.#ipOf = addressReader(trustedProxies);
    this.#ofOne = rateLimit > 0 ? OF_ONE : OF_ALL;
  }

  /** A function that gives the place back; null when there is none. */
  take(request: IncomingMessage): (() => void) | null {
    const client = clientKey(this.#ipOf(request));
    const taken = this.#taken.get(client) ?? 0;
    if (this.#total >= OF_ALL || taken >= this.#ofOne) return null;
    this.#add(client, 1);
    return () => this.#add(client, -1);
  }

  #add(client: string, places: 1 | -1): void {
    const taken = (this.#taken.get(client) ?? 0) + places;
    this.#total += places;
    if (taken > 0) this.#taken.set(client, taken);
    else this.#taken.delete(client);
  }
}

/** More than any use of the one subscription there is needs. */
const MAX_TOKENS = 500;
const MAX_AT_ONCE = 10;

interface SubscriptionOptions {
  schema: GraphQLSchema;
  /** All that the subscription needs of a request. */
  context: Pick<RefreshContext, 'refreshes'>;
  logger: Logger;
  /** Whether a misspelt field is answered with the names of the fields there are. */
  introspection: boolean;
  /** The only ones that are served, where there is such a list. */
  listed: QueryList | undefined;
}

/**
 * How subscriptions are served over graphql-ws. Queries and mutations are not: they have a route with limits and access
 * rules, and a web page of somebody else can open a web socket without asking.
 */
function subscriptionServer(options: SubscriptionOptions): ServerOptions {
  const { logger } = options;
  const formatted = (errors: readonly GraphQLError[]) =>
    errors.map((error) => {
      if (isFault(error)) logger.error({ err: error }, 'fault');
      return maskError(error.toJSON(), error);
    });
  return {
    onSubscribe: ({ subscriptions }, _id, { query, variables, operationName }) => {
      if (Object.keys(subscriptions).length > MAX_AT_ONCE) {
        return [badRequest(`At most ${MAX_AT_ONCE} subscriptions at once`)];
      }
      return executable(options, query, variables, operationName);
    },
    onError: (_context, _id, _payload, errors) => formatted(errors),
    onNext: (_context, _id, _payload, _args, { data = null, errors }) =>
      errors ? { data, errors: formatted(errors) } : { data },
  };
}

function executable(
  { schema, context, introspection, listed }: SubscriptionOptions,
  query: string,
  variableValues: ExecutionArgs['variableValues'],
  operationName: string | null | undefined,
): ExecutionArgs | GraphQLError[] {
  try {
    const document = parse(query, { maxTokens: MAX_TOKENS });
    const operation = getOperationAST(document, operationName);
    if (operation?.operation !== 'subscription') {
      return [badRequest('Only subscriptions are served here: send queries and mutations with POST')];
    }
    const errors = validate(schema, document, undefined, { maxErrors: 10, hideSuggestions: !introspection });
    if (errors.length > 0) return errors.map(asValidationError);
    if (listed && !listed.has(query)) return [notListed()];
    return { schema, contextValue: context, document, variableValues, operationName };
  } catch (error) {
    if (error instanceof GraphQLError) return [badRequest(error.message)];
    throw error;
  }
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}

function asValidationError(error: GraphQLError): GraphQLError {
  Object.assign(error.extensions, { code: 'GRAPHQL_VALIDATION_FAILED' });
  return error;
}
