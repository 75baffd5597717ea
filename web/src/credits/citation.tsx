import { useState } from 'preact/hooks';
import { useData } from '../client.ts';
import { StatusDocument } from '../generated/graphql.ts';

interface Cited {
  /** For the key in BibTeX: short, and another one for each figure. */
  id: string;
  title: string;
  /** The figure with its unit. */
  value?: string;
  /** The day or the year of its observation. */
  observed?: string | null;
  sources?: (string | null | undefined)[];
}

/** The citation for a paper or an article: text and BibTeX, with the version of the data. */
export function Citation(cited: Cited) {
  const { data } = useData(StatusDocument, {});
  if (!data) return null;
  const { status, refreshes } = data;
  const last = refreshes.find(({ state }) => state === 'SUCCEEDED');
  const version = [
    status.lastRefreshedAt && `data of ${status.lastRefreshedAt}`,
    last && `refresh ${last.id}`,
    `country-exchange ${status.version}`,
    status.bundled && 'bundled data set',
  ]
    .filter(Boolean)
    .join(', ');
  const sources = [
    ...new Set((cited.sources ?? status.sources.map((it) => it.attribution)).filter((it) => it != null)),
  ].join('; ');
  const entries = { ...cited, sources, version, url: location.href, read: new Date().toISOString().slice(0, 10) };
  return (
    <details class="citation">
      <summary>Cite this</summary>
      <Copyable label="Text" text={asText(entries)} />
      <Copyable label="BibTeX" text={asBibtex(entries)} />
    </details>
  );
}

interface Entries {
  id: string;
  title: string;
  value?: string;
  observed?: string | null;
  sources: string;
  version: string;
  url: string;
  read: string;
}

function asText({ title, value, observed, sources, version, url, read }: Entries): string {
  const figure = value === undefined ? '' : `: ${value}`;
  const day = observed ? ` (observed ${observed})` : '';
  return `${title}${figure}${day}. Sources: ${sources}. Version: ${version}. ${url}, accessed on ${read}.`;
}

function asBibtex({ id, title, value, observed, sources, version, url, read }: Entries): string {
  const fields: [string, string][] = [
    ['title', `{${escaped(value === undefined ? title : `${title}: ${value}`)}}`],
    ['author', `{${escaped(sources)}}`],
    ...(observed ? ([['date', observed]] as [string, string][]) : []),
    ['version', escaped(version)],
    ['url', url],
    ['urldate', read],
  ];
  return `@misc{country-exchange-${id}-${read},\n${fields.map(([name, text]) => `  ${name} = {${text}}`).join(',\n')}\n}`;
}

/** What TeX would take for commands. */
function escaped(text: string): string {
  return text.replace(/[&%$#_{}]/g, '\\$&');
}

function Copyable({ label, text }: { label: string; text: string }) {
  const [last, setLast] = useState({ text: '', outcome: '' });
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setLast({ text, outcome: 'Copied' }),
      () => setLast({ text, outcome: 'The browser refused. Select the text and copy it.' }),
    );
  return (
    <div class="copyable">
      <p>
        <strong>{label}</strong>
        {/* Browsers offer the clipboard only to pages over HTTPS and from this machine. */}
        {navigator.clipboard && (
          <>
            {/* No longer once the figure has changed. */}
            <span class="note" role="status">
              {last.text === text && last.outcome}
            </span>
            <button type="button" onClick={copy}>
              Copy <span class="hidden">{label}</span>
            </button>
          </>
        )}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keyboard. */}
      <pre tabIndex={0}>{text}</pre>
    </div>
  );
}
