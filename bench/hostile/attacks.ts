export interface Attack {
  name: string;
  query: string;
  variables?: unknown;
}

/** What costs a server most. Each is new every time, so that nothing is kept from earlier. */
export function attackOf(count: number): Attack {
  const make = KINDS[count % KINDS.length] as (unique: string) => Attack;
  return make(`q${count}x${Math.random().toString(36).slice(2)}`);
}

const repeat = (times: number, part: (index: number) => string) =>
  Array.from({ length: times }, (_, i) => part(i)).join(' ');

const KINDS: readonly ((unique: string) => Attack)[] = [
  (unique) => ({
    name: 'costly',
    query: `query ${unique} { countries { nodes { code name currencies { code name symbol countries { code name currencies { code } } } } } }`,
  }),
  (unique) => ({
    name: 'deep',
    query: `query ${unique} { country(code: "CH") ${'{ currencies { countries '.repeat(20)} { code } ${'} }'.repeat(20)} }`,
  }),
  (unique) => ({
    name: 'aliases',
    query: `query ${unique} { ${repeat(50, (i) => `a${i}: countries(first: 20) { nodes { name } }`)} }`,
  }),
  (unique) => ({
    name: 'duplicates',
    query: `query ${unique} { ${'country(code: "CI") { code } '.repeat(200)} }`,
  }),
  (unique) => ({ name: 'tokens', query: `query ${unique} { ${'status { version } '.repeat(5_000)} }` }),
  (unique) => ({
    name: 'introspection',
    query: `query ${unique} { ${repeat(10, (i) => `s${i}: __schema { types { name fields { name type { name } } } }`)} }`,
  }),
  (unique) => ({
    name: 'variables',
    query: `query ${unique} ($f: CountryFilter) { countries(filter: $f) { totalCount } }`,
    variables: { f: { codes: Array(9_000).fill('CI') } },
  }),
  (unique) => ({ name: 'unknown fields', query: `query ${unique} { ${repeat(600, (i) => `unknown${i}`)} }` }),
];
