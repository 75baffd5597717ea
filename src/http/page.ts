import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Encoding, etagOf } from '../graphql/response.js';
import { PACKAGE_ROOT } from '../runtime.js';
import { isKnown, negotiateEncoding } from './caching.js';
import { refuseOtherMethods } from './errors.js';

/** Where `npm run build` puts the page and GraphiQL. */
const BUILT = fileURLToPath(new URL('dist/web/', PACKAGE_ROOT));

/** Nothing is loaded from another host, and nothing inline is run. */
const POLICY =
  "default-src 'self'; connect-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
  "form-action 'self'; frame-ancestors 'none'";

/** Its editor creates style elements and has its icons in a data URL. */
const GRAPHIQL_POLICY = `${POLICY}; style-src 'self' 'unsafe-inline'; font-src 'self' data:`;

const PAGES = [
  { file: 'index.html', urls: ['/', '/country/:code', '/currency/:code'], policy: POLICY },
  { file: 'graphiql/index.html', urls: ['/graphiql', '/graphiql/'], policy: GRAPHIQL_POLICY },
];

/** The names of these files contain a hash of their content. */
const ASSETS = ['assets', 'graphiql/assets'];

/** The page and GraphiQL. Only files that were there at the start are served, whatever the path of a request. */
export function servePage(app: FastifyInstance, folder = BUILT): void {
  const built = { folder, files: filesIn(folder) };
  for (const { file, urls, policy } of PAGES) {
    const answer = built.files.has(file) ? pageHandler(built, file, policy) : answerNotBuilt;
    for (const url of urls) {
      app.get(url, answer);
      refuseOtherMethods(app, url, ['GET', 'HEAD']);
    }
  }
  for (const assets of ASSETS) {
    app.get(`/${assets}/*`, (request, reply) => {
      const { '*': name } = request.params as { '*': string };
      const file = `${assets}/${name}`;
      return built.files.has(file) ? sendAsset(request, reply, built, file) : reply.callNotFound();
    });
    refuseOtherMethods(app, `/${assets}/*`, ['GET', 'HEAD']);
  }
}

interface Built {
  folder: string;
  /** By their paths, with slashes; none when nothing was built. */
  files: ReadonlySet<string>;
}

function filesIn(folder: string): ReadonlySet<string> {
  if (!existsSync(folder)) return new Set();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  return new Set(entries.map((it) => relative(folder, join(it.parentPath, it.name)).replaceAll('\\', '/')));
}

const SUFFIXES: Record<Encoding, string> = { br: '.br', gzip: '.gz', identity: '' };

/** Sets the headers of what was compressed by the build, and returns the name of its file. */
function compressedForm(request: FastifyRequest, reply: FastifyReply, { files }: Built, file: string): string {
  const compressed = file + SUFFIXES[negotiateEncoding(request, reply)];
  if (files.has(compressed)) return compressed;
  reply.removeHeader('content-encoding');
  return file;
}

function pageHandler(built: Built, file: string, policy: string) {
  const { folder, files } = built;
  const bodies = new Map(
    Object.values(SUFFIXES)
      .filter((suffix) => files.has(file + suffix))
      .map((suffix) => [file + suffix, readFileSync(join(folder, file + suffix))]),
  );
  // By content: files that were unpacked from a package all have the same time.
  const etag = etagOf(bodies.get(file) ?? '');
  return (request: FastifyRequest, reply: FastifyReply) => {
    const { code } = request.params as { code?: string };
    if (code === '') return reply.callNotFound();
    reply.headers({ etag, 'cache-control': 'no-cache', 'content-security-policy': policy });
    const body = bodies.get(compressedForm(request, reply, built, file));
    if (isKnown(request.headers['if-none-match'], etag)) {
      return reply.removeHeader('content-encoding').code(304).send();
    }
    return reply.type('text/html; charset=utf-8').send(body);
  };
}

async function sendAsset(request: FastifyRequest, reply: FastifyReply, built: Built, file: string) {
  const { isUtf8MimeType, mime, send } = await import('@fastify/send');
  const type = mime.getType(file) ?? 'application/octet-stream';
  // As in the picture's route, it handles conditional requests, ranges and HEAD.
  const name = compressedForm(request, reply, built, file);
  const { statusCode, headers, stream } = await send(request.raw, name, { root: built.folder, cacheControl: false });
  return reply
    .code(statusCode)
    .headers(headers)
    .headers({
      'content-type': isUtf8MimeType(type) ? `${type}; charset=utf-8` : type,
      ...(statusCode < 400 && { 'cache-control': 'public, max-age=31536000, immutable' }),
      // For workers, which have a policy of their own.
      'content-security-policy': POLICY,
    })
    .send(stream);
}

function answerNotBuilt(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = 'This page is not built: run `npm run build`, then start again. GraphQL is at /graphql.\n';
  return reply.code(404).type('text/plain; charset=utf-8').send(message);
}
