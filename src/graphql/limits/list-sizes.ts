type SizeOf = (args: Record<string, unknown>) => number;

/** All there are. */
const COUNTRIES = 250;
const CURRENCIES = 170;

const LANGUAGES = 153;
const MS_PER_DAY = 24 * 60 * 60 * 1000;

const firstOf =
  (all: number): SizeOf =>
  ({ first, last }) => {
    const wanted = first ?? last;
    return typeof wanted === 'number' ? Math.min(Math.max(wanted, 0), all) : all;
  };

/** What makes no sense is refused when it runs. */
const daysOf: SizeOf = ({ from, to }) => {
  const days = (Date.parse(String(to)) - Date.parse(String(from))) / MS_PER_DAY + 1;
  return days > 0 ? days : 1;
};

/** How long a list is, where that can be known before it is read: so many times its fields are paid for. */
const SIZES: Readonly<Record<string, number | SizeOf>> = {
  'Query.countries': firstOf(COUNTRIES),
  // Their size is that of the connection, which has been paid for.
  'CountryConnection.nodes': 1,
  'CountryConnection.edges': 1,
  'Query.countryStats': COUNTRIES,
  'Query.languages': LANGUAGES,
  'Query.currencies': ({ codes }) => (Array.isArray(codes) ? codes.length : CURRENCIES),
  'Query.convert': ({ to }) => (Array.isArray(to) ? to.length : 1),
  'Query.refreshes': firstOf(100),
  'Country.currencies': 2,
  'Country.languages': 3,
  'Country.nativeNames': 2,
  // English has 91, most have one; a country's languages are more often those that have many.
  'Language.countries': 30,
  'Country.borders': 5,
  // The euro has 36, most have one.
  'Currency.countries': 5,
  'Currency.history': daysOf,
  'Refresh.phases': 6,
  'Refresh.sources': 3,
  'Status.sources': 3,
  'Refresh.warnings': 50,
  // Of this schema, on average.
  '__Schema.types': 80,
  '__Schema.directives': 6,
  '__Type.fields': 5,
  '__Type.inputFields': 1,
  '__Type.enumValues': 2,
  '__Type.interfaces': 0.1,
  '__Type.possibleTypes': 0.1,
  '__Field.args': 0.5,
  '__Directive.args': 1,
};

/** The names of the fields whose size is told by their arguments. */
export const SIZED_BY_ARGUMENTS: ReadonlySet<string> = new Set(
  Object.entries(SIZES)
    .filter(([, size]) => typeof size === 'function')
    .map(([field]) => field.slice(field.indexOf('.') + 1)),
);

/** Of a list that nobody has thought of. */
const UNKNOWN_SIZE = 20;

/** Fields that are no list have size 1. */
export function listSize(field: string, isList: boolean, args: Record<string, unknown>): number {
  const size = SIZES[field] ?? (isList ? UNKNOWN_SIZE : 1);
  return typeof size === 'function' ? size(args) : size;
}
