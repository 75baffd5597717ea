import { readFileSync } from 'node:fs';

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

const FILE = new URL('../../bundled/reference.json', import.meta.url);

let loaded: ReadonlyMap<string, ReferenceFacts> | undefined;
let byAlpha3: ReadonlyMap<string, string> | undefined;
let byName: ReadonlyMap<string, string> | undefined;

/** By alpha-2 code. The file is read when it is first asked for, which takes a few milliseconds. */
export function referenceFacts(): ReadonlyMap<string, ReferenceFacts> {
  loaded ??= new Map(read().map((facts) => [facts.code, facts]));
  return loaded;
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

function read(): ReferenceFacts[] {
  return (JSON.parse(readFileSync(FILE, 'utf8')) as { records: ReferenceFacts[] }).records;
}
