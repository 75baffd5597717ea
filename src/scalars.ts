import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLSafeInt } from 'graphql-scalars';
import { registerEnumType } from 'type-graphql';
import { isDay } from './days.js';

/** Whole numbers up to 2^53: the sum of all populations does not fit GraphQL's Int. */
export const SafeIntScalar = GraphQLSafeInt;

export const CountryCodeScalar = textScalar({
  name: 'CountryCode',
  description: 'ISO 3166-1 alpha-2 code such as `CI`; as an argument also an alpha-3 code such as `CIV`.',
  parse: (value) => value.toUpperCase(),
  specifiedBy: 'https://www.iso.org/iso-3166-country-codes.html',
  accept: (value) => /^[A-Z]{2,3}$/.test(value),
  expected: 'two or three letters',
});

export const CurrencyCodeScalar = textScalar({
  name: 'CurrencyCode',
  description: 'ISO 4217 code such as `XOF`, or another code in use, such as `JEP`.',
  parse: (value) => value.toUpperCase(),
  specifiedBy: 'https://www.iso.org/iso-4217-currency-codes.html',
  accept: (value) => /^[A-Z]{3}$/.test(value),
  expected: 'three letters',
});

const RFC_3339 = 'https://www.rfc-editor.org/rfc/rfc3339#section-5.6';

export const DateScalar = textScalar({
  name: 'Date',
  description: 'A calendar day, `YYYY-MM-DD`: full-date in RFC 3339, from the year 1 on.',
  specifiedBy: RFC_3339,
  accept: isDay,
  expected: 'a day such as 2026-03-19',
});

/** Values are ISO text already, so that no Date object is created for each field. */
export const DateTimeScalar = textScalar({
  name: 'DateTime',
  description: 'A time in UTC with milliseconds, ISO 8601: `2026-03-19T08:30:00.000Z`.',
  specifiedBy: RFC_3339,
  accept: (value) => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/.test(value) && !Number.isNaN(Date.parse(value)),
  expected: 'a time in UTC such as 2026-03-19T08:30:00.000Z',
});

interface TextScalar {
  name: string;
  description: string;
  specifiedBy: string;
  accept: (value: string) => boolean;
  expected: string;
  parse?: (value: string) => string;
}

function textScalar({ name, description, specifiedBy, accept, expected, parse }: TextScalar) {
  const refusal = (how: string, nodes: ValueNode | null) =>
    new GraphQLError(`${name} must be ${how}`, { nodes, extensions: { code: 'BAD_USER_INPUT' } });
  const read = (value: unknown, node: ValueNode | null = null): string => {
    const text = typeof value === 'string' ? (parse?.(value.trim()) ?? value.trim()) : '';
    if (!accept(text)) throw refusal(expected, node);
    return text;
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    specifiedByURL: specifiedBy,
    serialize: (value) => value as string,
    parseValue: (value) => read(value),
    parseLiteral: (node) => {
      // Usually a code without quotes.
      if (node.kind !== Kind.STRING) throw refusal(`${expected}, in quotes`, node);
      return read(node.value, node);
    },
  });
}

/** Options for a nullable field or argument. */
export function nullable(description: string) {
  return { nullable: true, description } as const;
}

/** An enum of the keys of a table, in their order. */
export function createEnum<Name extends string>(
  name: string,
  description: string,
  values: Record<Name, { description: string }>,
) {
  const names = Object.fromEntries(Object.keys(values).map((it) => [it, it])) as { readonly [It in Name]: It };
  registerEnumType(names, { name, description, valuesConfig: values });
  return names;
}
