import { pipeline, Readable } from 'node:stream';
import { createBrotliCompress, createGzip } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppContext } from '../context.js';
import type { Snapshots } from '../countries/snapshot-cache.js';
import { HistoryStep } from '../currencies/currency.type.js';
import { attributions, type BegunFile, beginFile, type DataFile, FORMATS } from '../downloads/data-file.js';
import { countriesFile, historyFile, ratesFile } from '../downloads/tables.js';
import { BadUserInputError } from '../errors.js';
import type { CostBudget, RequestFacts } from '../graphql/context.js';
import { BROTLI, type Encoding } from '../graphql/response.js';
import { CurrencyCodeScalar, DateScalar } from '../scalars.js';
import { allowCaching, type CacheControl, isKnown, negotiateEncoding } from './caching.js';
import { refuseOtherMethods } from './errors.js';
import { withinTime } from './limits.js';

/** As much as a root field of a query. */
const FILE_COST = 300;

interface Download {
  parameters: Record<string, (value: string) => string>;
  open(snapshots: Snapshots, values: Record<string, string>, code: string): Promise<DataFile>;
}

const currency = (value: string) => CurrencyCodeScalar.parseValue(value);
const day = (value: string) => DateScalar.parseValue(value);
const step = (value: string) => {
  const steps: string[] = Object.values(HistoryStep);
  if (steps.includes(value)) return value;
  throw new BadUserInputError(`step must be one of ${steps.join(', ')}`);
};

const DOWNLOADS: Record<string, Download> = {
  '/data/countries': { parameters: {}, open: countriesFile },
  '/data/rates': { parameters: { base: currency, on: day }, open: ratesFile },
  '/data/history/:code': {
    parameters: { base: currency, from: day, to: day, step },
    open: (snapshots, values, code) => historyFile(snapshots, code, values),
  },
};

/** Tables as files, from the same snapshot and services as the resolvers. */
export function serveDownloads(
  app: FastifyInstance,
  { config, services }: AppContext,
  budgetOf: (address: string) => CostBudget,
  cacheControl: CacheControl,
): void {
  const { timeoutMs } = config.limits;

  async function send(request: FastifyRequest, reply: FastifyReply, download: Download, format: keyof typeof FORMATS) {
    const budget = budgetOf(request.ip);
    // Throws when the client is in debt.
    budget.spend(0);
    const values = readParameters(request, download);
    const { code = '' } = request.params as { code?: string };
    const { file, etag, ...parts } = await withinTime(timeoutMs, services.snapshots, (isOver) =>
      beginFile(services.snapshots, (snapshots) => download.open(snapshots, values, code), isOver),
    );
    reply.headers({
      etag,
      'x-attribution': attributions(file.sources)
        .join(' ')
        .replace(/[^\x20-\x7e]/g, '?'),
      link: licenceLinks(file),
    });
    allowCaching(request, reply, cacheControl());
    const encoding = negotiateEncoding(request, reply);
    if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).removeHeader('content-encoding').send();
    const { mediaType, write } = FORMATS[format];
    reply.headers({
      'content-type': mediaType,
      'content-disposition': `attachment; filename="${file.name}.${format}"`,
    });
    if (request.method === 'HEAD') return reply.send();
    // Gives up on a client that reads nothing for this long.
    reply.raw.setTimeout(timeoutMs, () => reply.raw.destroy());
    return reply.send(encoded(Readable.from(write(file, limited(parts, request.facts, budget))), encoding));
  }

  /** Each part has the time of a query, and costs as much as a query with as many fields. */
  async function* limited({ first, rest }: Pick<BegunFile, 'first' | 'rest'>, facts: RequestFacts, budget: CostBudget) {
    const pay = (cost: number) => {
      facts.cost = (facts.cost ?? 0) + cost;
      budget.charge(cost);
    };
    pay(FILE_COST);
    for (let part = first; !part.done; part = await withinTime(timeoutMs, services.snapshots, () => rest.next())) {
      pay(part.value.length * (part.value[0]?.length ?? 0));
      yield part.value;
    }
  }

  for (const [path, download] of Object.entries(DOWNLOADS)) {
    for (const format of ['csv', 'json'] as const) {
      const url = `${path}.${format}`;
      app.route({
        url,
        method: ['GET', 'HEAD'],
        handler: (request, reply) => send(request, reply, download, format),
      });
      refuseOtherMethods(app, url, ['GET', 'HEAD']);
    }
  }
}

/** Throws BadUserInputError for parameters that are unknown, repeated or invalid. */
function readParameters({ url }: FastifyRequest, { parameters }: Download): Record<string, string> {
  const search = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?')) : '');
  const values: Record<string, string> = {};
  for (const [name, value] of search) {
    const parse = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!parse) {
      const known = Object.keys(parameters).join(', ') || 'none';
      throw new BadUserInputError(`Unknown parameter ${JSON.stringify(name)}: there are ${known}`);
    }
    if (name in values) throw new BadUserInputError(`The parameter ${name} is given twice`);
    values[name] = parse(value);
  }
  return values;
}

function licenceLinks({ sources }: DataFile): string[] {
  const urls = new Set(sources.flatMap(({ licenceUrl }) => licenceUrl ?? []));
  return [...urls].map((url) => `<${url}>; rel="license"`);
}

/** An error cuts the connection: a file that is incomplete must not look whole. */
function encoded(text: Readable, encoding: Encoding): Readable {
  if (encoding === 'identity') return text;
  return pipeline(text, encoding === 'br' ? createBrotliCompress(BROTLI) : createGzip(), () => undefined);
}
