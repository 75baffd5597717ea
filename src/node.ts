import { Field, ID, InterfaceType } from 'type-graphql';

/** Ids are the codes, so the type is recognised by their form. */
const FORMS = {
  Country: /^[A-Z]{2}$/,
  Currency: /^[A-Z]{3}$/,
  Language: /^[a-z]{2,3}$/,
  Refresh: /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
} as const;

export type NodeType = keyof typeof FORMS;

const TYPES = Object.entries(FORMS) as [NodeType, RegExp][];

/** Undefined for anything that is not an id. */
export function nodeType(id: string): NodeType | undefined {
  return TYPES.find(([, form]) => form.test(id))?.[0];
}

@InterfaceType({
  resolveType: ({ id }: Node) => nodeType(id),
  description: 'An object that `node` finds by its id (Relay). Ids are unique across types, and never change.',
})
export abstract class Node {
  @Field(() => ID, {
    description:
      'The code: `CH` is a country (ISO 3166-1 alpha-2), `CHF` a currency (ISO 4217), `de` a language (BCP 47); ' +
      'a refresh has a UUID.',
  })
  id!: string;
}
