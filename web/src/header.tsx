import { useRef } from 'preact/hooks';
import { useData } from './client.ts';
import { day } from './format.ts';
import { StatusDocument } from './generated/graphql.ts';
import { latestRate } from './latest-rate.ts';
import { RefreshPanel } from './refresh/refresh-panel.tsx';

/** On every view: where one is, how fresh the data are, and the way to refresh them. */
export function Header({ onRefreshed }: { onRefreshed: () => void }) {
  const { data } = useData(StatusDocument, {});
  const panel = useRef<HTMLDialogElement>(null);
  const status = data?.status;
  return (
    <>
      <header class="header">
        <div class="column bar">
          <a class="wordmark" href="/">
            country<span aria-hidden="true">⇄</span>exchange
          </a>
          <nav aria-label="Main">
            <a href="/graphiql" target="_self">
              GraphiQL
            </a>
            <a href="/graphql" target="_self">
              Apollo Sandbox
            </a>
          </nav>
          <p class="freshness">{status?.lastRefreshedAt && <>Rates of {day(latestRate(status.sources))}</>}</p>
          <button type="button" class="primary" onClick={() => panel.current?.showModal()}>
            Refresh
          </button>
        </div>
      </header>
      {status?.bundled && (
        <aside class="notice" aria-label="Sample data">
          <p class="column">
            <strong>Sample data.</strong> This is the bundled data set of {day(latestRate(status.sources))}, not what
            the sources say today. A refresh replaces it.
          </p>
        </aside>
      )}
      <RefreshPanel dialog={panel} onRefreshed={onRefreshed} />
    </>
  );
}
