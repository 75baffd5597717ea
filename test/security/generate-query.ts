import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { HOSTILE_TEXTS } from './hostile.js';

const MAX_DEPTH = 4;
const CODES = ['CI', 'ch', 'CIV', 'USD', 'eur', 'XXX', 'ZZ', 'A', 'toolong'];
const DAYS = ['2026-03-19', '2026-02-30', '0000-00-00', '9999-12-31', 'today'];
const LOCALES = ['de', 'zh-Hant', 'xx-invalid-', 'en-u-nu-latn', '*'];
const NUMBERS = [
  '0',
  '-1',
  '1',
  '250',
  '1001',
  '2147483647',
  '2147483648',
  '1e308',
  '-0.5',
  '1e-320',
  '9007199254740993',
];

/** Writes a query from a list of numbers: each says what is chosen next. Most of the results are valid. */
export function generateQuery(schema: GraphQLSchema, decisions: readonly number[]): string {
  let at = 0;
  const choose = (options: number) => (decisions[at++ % decisions.length] ?? 0) % options;
  const oneOf = <T>(options: readonly T[]): T => options[choose(options.length)] as T;
  const sometimes = (times: number) => choose(times) === 0;

  const selection = (type: GraphQLObjectType, depth: number): string => {
    const fields = Object.values(type.getFields()).filter((field) => depth < MAX_DEPTH || !isObject(field));
    const count = 1 + choose(3);
    const chosen = Array.from({ length: count }, (_, i) => `f${i}: ${fieldOf(oneOf(fields), depth)}`);
    return `{ __typename ${fields.length > 0 ? chosen.join(' ') : ''} }`;
  };

  const fieldOf = (field: GraphQLField<unknown, unknown>, depth: number): string => {
    const type = getNamedType(field.type);
    const children = isObjectType(type) ? selection(type, depth + 1) : '';
    return `${field.name}${given(field.args, '(', ')', 0)} ${sometimes(20) ? '@include(if: true)' : ''} ${children}`;
  };

  const given = (
    args: readonly (GraphQLArgument | GraphQLInputField)[],
    open: string,
    close: string,
    depth: number,
  ): string => {
    const used = args.filter((arg) => (isNonNullType(arg.type) && arg.defaultValue === undefined) || sometimes(2));
    if (used.length === 0) return open === '{' ? '{}' : '';
    return `${open}${used.map((arg) => `${arg.name}: ${literal(arg.type, depth)}`).join(', ')}${close}`;
  };

  const literal = (wanted: GraphQLInputType, depth: number): string => {
    if (!isNonNullType(wanted) && sometimes(10)) return 'null';
    const type = getNullableType(wanted) as GraphQLInputType;
    if (isListType(type)) {
      return `[${Array.from({ length: choose(4) }, () => literal(type.ofType as GraphQLInputType, depth + 1)).join(', ')}]`;
    }
    if (isInputObjectType(type)) {
      return depth > 5 ? '{}' : given(Object.values(type.getFields()), '{', '}', depth + 1);
    }
    if (isEnumType(type)) return oneOf(type.getValues()).name;
    return scalar(getNamedType(type).name);
  };

  const scalar = (name: string): string => {
    if (sometimes(12))
      return oneOf(['7', 'true', '"x"', '{}', '[]', 'SOME_ENUM', JSON.stringify(oneOf(HOSTILE_TEXTS))]);
    if (name === 'Boolean') return oneOf(['true', 'false']);
    if (name === 'Int' || name === 'SafeInt') return oneOf(NUMBERS.filter((number) => /^-?\d+$/.test(number)));
    if (name === 'Float') return oneOf(NUMBERS);
    if (/Code$/.test(name)) return JSON.stringify(oneOf(CODES));
    if (/^Date/.test(name)) return JSON.stringify(oneOf(DAYS));
    return JSON.stringify(oneOf(sometimes(4) ? LOCALES : HOSTILE_TEXTS));
  };

  const query = schema.getQueryType() as GraphQLObjectType;
  return selection(query, 0);
}

function isObject(field: GraphQLField<unknown, unknown>): boolean {
  return isObjectType(getNamedType(field.type));
}
