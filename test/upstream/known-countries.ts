import { Region } from '../../src/countries/gdp.js';
import type { CountryRecord } from '../../src/sources/source.js';
import type { GdpFact } from './facts.js';

export type KnownCountry = Partial<CountryRecord> & { gdp?: GdpFact | null };

const currency = (code: string, name: string | null = null, symbol: string | null = null) => ({
  code,
  name,
  symbol,
});

const EURO = currency('EUR', 'Euro', '€');
const { AFRICA, AMERICAS, ANTARCTIC, ASIA, EUROPE, OCEANIA } = Region;

/** The countries that tests name: rounded real figures, and every odd case that sources are known to send. */
export const KNOWN_COUNTRIES: Record<string, KnownCountry> = {
  US: {
    name: 'United States',
    officialName: 'United States of America',
    capitals: ['Washington, D.C.'],
    region: AMERICAS,
    subregion: 'North America',
    population: 340_110_988,
    areaKm2: 9_525_067,
    currencies: [currency('USD', 'United States dollar', '$')],
    gdp: { perCapita: 85_809.9, year: 2024 },
  },
  CN: {
    name: 'China',
    capitals: ['Beijing'],
    region: ASIA,
    subregion: 'Eastern Asia',
    population: 1_408_975_000,
    areaKm2: 9_706_961,
    currencies: [currency('CNY', 'Chinese yuan', '¥')],
    gdp: { perCapita: 13_303.15, year: 2024 },
  },
  DE: {
    name: 'Germany',
    capitals: ['Berlin'],
    region: EUROPE,
    subregion: 'Western Europe',
    population: 83_510_950,
    areaKm2: 357_114,
    currencies: [EURO],
    gdp: { perCapita: 55_800.22, year: 2024 },
  },
  JP: {
    name: 'Japan',
    capitals: ['Tokyo'],
    region: ASIA,
    subregion: 'Eastern Asia',
    population: 123_975_371,
    areaKm2: 377_930,
    currencies: [currency('JPY', 'Japanese yen', '¥')],
    gdp: { perCapita: 32_475.89, year: 2024 },
  },
  GB: {
    name: 'United Kingdom',
    capitals: ['London'],
    region: EUROPE,
    subregion: 'Northern Europe',
    population: 69_226_000,
    areaKm2: 242_495,
    currencies: [currency('GBP', 'British pound', '£')],
    gdp: { perCapita: 52_636.78, year: 2024 },
  },
  CH: {
    name: 'Switzerland',
    officialName: 'Swiss Confederation',
    capitals: ['Bern'],
    region: EUROPE,
    subregion: 'Western Europe',
    population: 9_034_102,
    areaKm2: 41_284,
    currencies: [currency('CHF', 'Swiss franc', 'Fr.')],
    gdp: { perCapita: 103_669.87, year: 2024 },
  },
  FR: {
    name: 'France',
    capitals: ['Paris'],
    region: EUROPE,
    population: 68_516_699,
    currencies: [EURO],
    gdp: { perCapita: 46_150.48, year: 2024 },
  },
  NG: { name: 'Nigeria', capitals: ['Abuja'], region: AFRICA, currencies: [currency('NGN')] },
  NE: { name: 'Niger', capitals: ['Niamey'], region: AFRICA, currencies: [currency('XOF')] },
  TD: { name: 'Chad', capitals: ["N'Djamena"], region: AFRICA, currencies: [currency('XAF')] },
  AL: { name: 'Albania', region: EUROPE, currencies: [currency('ALL', 'Albanian lek', 'L')] },
  AQ: { name: 'Antarctica', capitals: [], region: ANTARCTIC, currencies: [], population: 1000, gdp: null },
  BV: { name: 'Bouvet Island', capitals: [], region: ANTARCTIC, currencies: [], population: null, gdp: null },
  HM: { capitals: [], region: ANTARCTIC, currencies: [], population: null, gdp: null },
  UM: { capitals: [], population: null, areaKm2: null, currencies: [currency('USD')], gdp: null },
  MO: { name: 'Macau', capitals: [], region: ASIA, currencies: [currency('MOP')] },
  ZA: {
    name: 'South Africa',
    capitals: ['Pretoria', 'Bloemfontein', 'Cape Town'],
    region: AFRICA,
    currencies: [currency('ZAR', 'South African rand', 'R')],
  },
  PS: {
    name: 'Palestine',
    capitals: ['Ramallah', 'Jerusalem'],
    region: ASIA,
    currencies: [currency('EGP'), currency('ILS'), currency('JOD')],
  },
  IL: { name: 'Israel', capitals: ['Jerusalem'], region: ASIA, currencies: [currency('ILS')] },
  EH: { currencies: [currency('DZD'), currency('MAD'), currency('MRU')], region: AFRICA, gdp: null },
  CU: { name: 'Cuba', currencies: [currency('CUC'), currency('CUP')], region: AMERICAS },
  CK: { name: 'Cook Islands', currencies: [currency('CKD'), currency('NZD')], region: OCEANIA, gdp: null },
  KP: { name: 'North Korea', currencies: [currency('KPW')], region: ASIA, gdp: null },
  TW: { name: 'Taiwan', currencies: [currency('TWD')], region: ASIA, gdp: null },
  XK: { name: 'Kosovo', capitals: ['Pristina'], currencies: [EURO], region: EUROPE },
  CW: { name: 'Curaçao', capitals: ['Willemstad'], currencies: [currency('XCG')], region: AMERICAS },
  CI: { name: "Côte d'Ivoire", capitals: ['Yamoussoukro'], currencies: [currency('XOF')], region: AFRICA },
  AX: { name: 'Åland Islands', currencies: [EURO], region: EUROPE, gdp: null },
  RE: { name: 'Réunion', currencies: [EURO], region: AFRICA, gdp: null },
  ST: { name: 'São Tomé and Príncipe', currencies: [currency('STN')], region: AFRICA },
  TR: { name: 'Türkiye', capitals: ['Ankara'], currencies: [currency('TRY')], region: ASIA },
};
