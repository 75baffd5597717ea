/** What a source brings. Apart from the GraphQL type, for a refresh needs no GraphQL. */
export enum Figures {
  COUNTRIES = 'COUNTRIES',
  RATES = 'RATES',
  GDP = 'GDP',
  REFERENCE = 'REFERENCE',
}
