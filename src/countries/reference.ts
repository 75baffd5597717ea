import { readFileSync } from 'node:fs';
import { PACKAGE_ROOT } from '../package-root.js';

/** What no refresh brings: see bundled/README.md. */
export interface ReferenceFacts {
  /** ISO 3166-1 alpha-2. */
  code: string;
  alpha3: string;
  officialName: string;
  alternateNames: string[];
  nativeNames: { language: string; name: string; officialName: string }[];
  demonym: string | null;
  /** ISO 639-3. */
  languages: { code: string; name: string }[];
  /** ISO 3166-1 alpha-2. */
  borders: string[];
  callingCodes: string[];
  topLevelDomains: string[];
  latitude: number;
  longitude: number;
  landlocked: boolean;
  independent: boolean | null;
  unMember: boolean;
  /** Folded by nameKey: all names in English and other languages that no other country has a better claim to. */
  searchNames: string[];
}

const FILE = new URL('bundled/reference.json', PACKAGE_ROOT);

/** Where the facts came from, for those who cite them. */
interface ReferenceUse {
  source: string;
  url: string;
  observedAt: string | null;
  licence: string;
  attribution: string;
  bundled: boolean;
}

let file: { use: ReferenceUse; records: ReferenceFacts[] } | undefined;
let byCode: ReadonlyMap<string, ReferenceFacts> | undefined;
let byAlpha3: ReadonlyMap<string, string> | undefined;
let byName: ReadonlyMap<string, string> | undefined;

export function referenceUse(): ReferenceUse {
  return read().use;
}

/** By alpha-2 code. */
export function referenceFacts(): ReadonlyMap<string, ReferenceFacts> {
  byCode ??= new Map(read().records.map((facts) => [facts.code, facts]));
  return byCode;
}

/** The codes as alpha-2; what is neither alpha-2 nor the alpha-3 of a known country stays as it is. */
export function alpha2Codes(codes: readonly string[]): string[] {
  byAlpha3 ??= new Map([...referenceFacts().values()].map(({ alpha3, code }) => [alpha3, code]));
  return codes.map((code) => byAlpha3?.get(code) ?? code);
}

/** The country that a folded name belongs to. */
export function codeOfName(key: string): string | undefined {
  byName ??= new Map(
    [...referenceFacts().values()].flatMap(({ code, searchNames }) => searchNames.map((it) => [it, code])),
  );
  return byName.get(key);
}

/** Read when it is first asked for, which takes a few milliseconds. */
function read() {
  file ??= JSON.parse(readFileSync(FILE, 'utf8')) as { use: ReferenceUse; records: ReferenceFacts[] };
  return file;
}
