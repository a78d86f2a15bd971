// Where the customers of the demo are: countries, cities and telephone numbers set aside for fiction.
import type { Location } from '../event-contract.ts';
import type { Random } from './random.ts';

export interface Country {
  code: string;
  /** As it appears in the name of a subsidiary. */
  label: string;
  currency: 'EUR' | 'USD' | 'GBP';
  /** BCP 47 tag. */
  language: string;
  timeZone: string;
  /** Languages that most names are from, the commonest first. */
  names: readonly string[];
  cities: readonly (readonly [city: string, region: string])[];
  streets: readonly string[];
  /**
   * E.164 templates from ranges that the country's regulator keeps for film and fiction, so that nobody is ever called;
   * a country without such a range has none.
   */
  officePhones: readonly string[];
  mobilePhones: readonly string[];
}

function country(
  [code, label, currency, language, timeZone]: readonly [string, string, Country['currency'], string, string],
  names: string,
  cities: Country['cities'],
  streets: readonly string[],
  officePhones: readonly string[] = [],
  mobilePhones: readonly string[] = [],
): Country {
  return {
    code,
    label,
    currency,
    language,
    timeZone,
    names: names.split(' '),
    cities,
    streets,
    officePhones,
    mobilePhones,
  };
}

const northAmerican = (...areas: string[]) => areas.map((area) => `+1${area}55501XX`);

export const countries: readonly Country[] = [
  country(
    ['US', 'America', 'USD', 'en-US', 'America/New_York'],
    'en en es zh hi vi',
    [
      ['Boston', 'US-MA'],
      ['Chicago', 'US-IL'],
      ['Austin', 'US-TX'],
      ['Denver', 'US-CO'],
      ['Seattle', 'US-WA'],
    ],
    ['Foundry Street', 'Old Mill Road', 'Harbor View Avenue'],
    northAmerican('212', '312', '512', '303', '206'),
    northAmerican('617', '720'),
  ),
  country(
    ['CA', 'Canada', 'USD', 'en-CA', 'America/Toronto'],
    'en fr zh hi',
    [
      ['Toronto', 'CA-ON'],
      ['Montréal', 'CA-QC'],
      ['Vancouver', 'CA-BC'],
    ],
    ['Maple Works Drive', 'Lakeside Crescent'],
    northAmerican('416', '514', '604'),
    northAmerican('647'),
  ),
  country(
    ['GB', 'UK', 'GBP', 'en-GB', 'Europe/London'],
    'en en hi yo',
    [
      ['London', 'GB-LND'],
      ['Manchester', 'GB-MAN'],
      ['Bristol', 'GB-BST'],
      ['Leeds', 'GB-LDS'],
    ],
    ['Tanner’s Row', 'Ropewalk Lane', 'Ironbridge Street'],
    ['+442079460XXX'],
    ['+447700900XXX'],
  ),
  country(
    ['IE', 'Ireland', 'EUR', 'en-IE', 'Europe/Dublin'],
    'en en pl',
    [
      ['Dublin', 'IE-D'],
      ['Cork', 'IE-CO'],
    ],
    ['Weaver’s Quay', 'Granary Lane'],
    ['+3532091XXXXX'],
  ),
  country(
    ['DE', 'Deutschland', 'EUR', 'de-DE', 'Europe/Berlin'],
    'de de de tr pl',
    [
      ['Berlin', 'DE-BE'],
      ['Hamburg', 'DE-HH'],
      ['München', 'DE-BY'],
      ['Köln', 'DE-NW'],
      ['Frankfurt am Main', 'DE-HE'],
    ],
    ['Gießereistraße', 'Am Speicher', 'Weberstieg'],
    ['+493023125XXX', '+496990009XXX', '+494066969XXX', '+498999998XXX'],
    ['+4917139200XX'],
  ),
  country(
    ['FR', 'France', 'EUR', 'fr-FR', 'Europe/Paris'],
    'fr fr fr ar pt',
    [
      ['Paris', 'FR-75C'],
      ['Lyon', 'FR-69'],
      ['Nantes', 'FR-44'],
      ['Toulouse', 'FR-31'],
    ],
    ['rue des Tisserands', 'quai du Vieux Moulin', 'allée des Forges'],
    ['+3319900XXXX', '+3326191XXXX', '+3346571XXXX'],
    ['+3363998XXXX'],
  ),
  country(
    ['SE', 'Sverige', 'EUR', 'sv-SE', 'Europe/Stockholm'],
    'sv sv fi ar',
    [
      ['Stockholm', 'SE-AB'],
      ['Göteborg', 'SE-O'],
      ['Malmö', 'SE-M'],
    ],
    ['Smedjegränd', 'Varvsvägen'],
    ['+468465004XX', '+463139006XX'],
    ['+4670174067X'],
  ),
  country(
    ['AU', 'Australia', 'USD', 'en-AU', 'Australia/Sydney'],
    'en en el vi',
    [
      ['Sydney', 'AU-NSW'],
      ['Melbourne', 'AU-VIC'],
      ['Perth', 'AU-WA'],
    ],
    ['Kiln Street', 'Jetty Road'],
    ['+6125550XXXX', '+6137010XXXX'],
  ),
  country(
    ['NL', 'Nederland', 'EUR', 'nl-NL', 'Europe/Amsterdam'],
    'nl nl nl tr',
    [
      ['Amsterdam', 'NL-NH'],
      ['Utrecht', 'NL-UT'],
      ['Rotterdam', 'NL-ZH'],
    ],
    ['Zeilmakerskade', 'Pakhuisweg'],
  ),
  country(
    ['ES', 'Iberia', 'EUR', 'es-ES', 'Europe/Madrid'],
    'es es es ro',
    [
      ['Madrid', 'ES-MD'],
      ['Valencia', 'ES-VC'],
      ['Bilbao', 'ES-PV'],
    ],
    ['calle de los Alfareros', 'paseo del Molino'],
  ),
  country(
    ['IT', 'Italia', 'EUR', 'it-IT', 'Europe/Rome'],
    'it it it ro',
    [
      ['Milano', 'IT-25'],
      ['Torino', 'IT-21'],
      ['Bologna', 'IT-45'],
    ],
    ['via dei Cordai', 'piazza del Filatoio'],
  ),
  country(
    ['PL', 'Polska', 'EUR', 'pl-PL', 'Europe/Warsaw'],
    'pl pl pl',
    [
      ['Warszawa', 'PL-14'],
      ['Kraków', 'PL-12'],
      ['Gdańsk', 'PL-22'],
    ],
    ['ul. Garncarska', 'ul. Młyńska'],
  ),
  country(
    ['NO', 'Norge', 'EUR', 'nb-NO', 'Europe/Oslo'],
    'no no sv',
    [
      ['Oslo', 'NO-03'],
      ['Bergen', 'NO-46'],
    ],
    ['Reperbanen', 'Skipsbyggerveien'],
  ),
  country(
    ['DK', 'Danmark', 'EUR', 'da-DK', 'Europe/Copenhagen'],
    'da da sv',
    [
      ['København', 'DK-84'],
      ['Aarhus', 'DK-82'],
    ],
    ['Pakhusvej', 'Væverstræde'],
  ),
  country(
    ['CZ', 'Česko', 'EUR', 'cs-CZ', 'Europe/Prague'],
    'cs cs cs vi',
    [
      ['Praha', 'CZ-10'],
      ['Brno', 'CZ-64'],
    ],
    ['Sklářská', 'Na Mlýně'],
  ),
  country(
    ['BR', 'Brasil', 'USD', 'pt-BR', 'America/Sao_Paulo'],
    'pt pt pt ja it',
    [
      ['São Paulo', 'BR-SP'],
      ['Curitiba', 'BR-PR'],
    ],
    ['rua dos Oleiros', 'avenida do Cais'],
  ),
  country(
    ['IN', 'India', 'USD', 'en-IN', 'Asia/Kolkata'],
    'hi hi hi',
    [
      ['Bengaluru', 'IN-KA'],
      ['Pune', 'IN-MH'],
    ],
    ['Weavers Colony Road', 'Old Mint Street'],
  ),
  country(
    ['SG', 'Asia Pacific', 'USD', 'en-SG', 'Asia/Singapore'],
    'zh zh hi en ko',
    [['Singapore', 'SG-01']],
    ['Ropemakers Quay', 'Tin Foundry Road'],
  ),
  country(
    ['JP', 'Japan', 'USD', 'ja-JP', 'Asia/Tokyo'],
    'ja ja ja ko',
    [
      ['Tōkyō', 'JP-13'],
      ['Ōsaka', 'JP-27'],
    ],
    ['Kajiyachō', 'Funabashi-dōri'],
  ),
  country(
    ['KE', 'East Africa', 'USD', 'en-KE', 'Africa/Nairobi'],
    'sw sw en',
    [['Nairobi', 'KE-30']],
    ['Potters Lane', 'Old Depot Road'],
  ),
];

/** The big markets are commoner than the others. */
const market: readonly (readonly [Country, number])[] = countries.map((each) => [
  each,
  { US: 7, GB: 5, DE: 6, FR: 4, SE: 2, CA: 2, NL: 2, ES: 2 }[each.code] ?? 1,
]);

export const pickCountry = (random: Random): Country => random.weighted(market);

export function countryOf(code: string): Country {
  return countries.find((each) => each.code === code) ?? countries[0]!;
}

export interface Place {
  location: Location;
  city: string;
}

export function pickPlace(random: Random, at: Country): Place {
  const [city, region] = random.pick(at.cities);
  return { city, location: { country: at.code, region } };
}

export function makeAddress(random: Random, at: Country, city: string): string {
  return `${random.int(1, 180)} ${random.pick(at.streets)}, ${city}`;
}

export function officePhone(random: Random, at: Country): string | undefined {
  return at.officePhones.length ? random.digits(random.pick(at.officePhones)) : undefined;
}

export function mobilePhone(random: Random, at: Country): string | undefined {
  return at.mobilePhones.length ? random.digits(random.pick(at.mobilePhones)) : undefined;
}
