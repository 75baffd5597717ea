/** The same nine facts of 250 countries, and of one, in the words of each schema. */
export interface Questions {
  list: object;
  one: object;
}

const FACTS = 'code name capital region population flagUrl exchangeRate estimatedGdp lastRefreshedAt';

export const ours: Questions = {
  list: { query: `{ countries { nodes { ${FACTS} } } }` },
  one: {
    query: `query ($code: CountryCode!) { country(code: $code) { ${FACTS} } }`,
    variables: { code: 'CI' },
  },
};

export const peers: Questions = {
  list: { query: `{ countries { ${FACTS} } }` },
  one: { query: `query ($code: ID!) { country(code: $code) { ${FACTS} } }`, variables: { code: 'CI' } },
};

/** trevorblades/countries has other facts; nine of them. */
export const trevorblades: Questions = {
  list: { query: '{ countries { code name native phone capital currency emoji continent { code name } } }' },
  one: {
    query:
      'query ($code: ID!) { country(code: $code) { code name native phone capital currency emoji continent { code name } } }',
    variables: { code: 'CI' },
  },
};
