import { queryLink, useData } from '../client.ts';
import { capitalized, day } from '../format.ts';
import { StatusDocument } from '../generated/graphql.ts';
import { Citation } from './citation.tsx';
import { Tools } from './tools.tsx';

/** At the foot of every view: where the figures are from, their terms, and files to download. */
export function Credits() {
  const { data } = useData(StatusDocument, {});
  const status = data?.status;
  return (
    <footer class="footer">
      <div class="column">
        <h2>Sources and licences</h2>
        <ul class="sources">
          {status?.sources.map(
            ({ name, figures, attribution, licence, licenceUrl, observedFrom, observedTo, bundled }) => (
              <li key={`${figures} ${name}`}>
                <span class="kind">{figures === 'GDP' ? 'GDP' : capitalized(figures)}</span>
                <span>
                  {attribution}
                  {bundled && figures !== 'REFERENCE' && ' (bundled copy)'}
                </span>
                <span class="note">
                  {observedTo &&
                    `${observedFrom && observedFrom !== observedTo ? `${day(observedFrom)} to ` : ''}${day(observedTo)} · `}
                  {licenceUrl ? <a href={licenceUrl}>{licence}</a> : licence}
                </span>
              </li>
            ),
          )}
        </ul>
        {status?.licence && (
          <p class="note">
            {status.licence.notice} <a href={status.licence.url}>{status.licence.id}</a>
          </p>
        )}
        <Citation id="data" title="Countries, currencies, exchange rates and GDP estimates" />
        <Tools
          query={queryLink(StatusDocument, {})}
          downloads={[
            ['countries (CSV)', '/data/countries.csv'],
            ['countries (JSON)', '/data/countries.json'],
            ['rates (CSV)', '/data/rates.csv'],
            ['rates (JSON)', '/data/rates.json'],
          ]}
        />
        <p class="note">
          country-exchange {status?.version} ·{' '}
          <a href="/countries/image" target="_self">
            summary picture
          </a>{' '}
          · map: Natural Earth, taking no position on borders
        </p>
      </div>
    </footer>
  );
}
