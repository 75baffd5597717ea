import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { Encoding } from './answer.js';

/** The smallest form that a client says it takes. Clients say it in few ways, so each way is read once. */
export function acceptedEncoding(accepted: string | string[] | undefined): Encoding {
  if (accepted === undefined) return 'identity';
  const header = String(accepted);
  const encoding = known.get(header) ?? negotiate(header);
  known.set(header, encoding);
  return encoding;
}

const known = new LRUCache<string, Encoding>({ max: 100 });

function negotiate(header: string): Encoding {
  const taken = new Negotiator({ headers: { 'accept-encoding': header } }).encodings([...BY_SIZE]);
  return BY_SIZE.find((encoding) => taken.includes(encoding)) ?? 'identity';
}

const BY_SIZE = ['br', 'gzip', 'identity'] as const;
