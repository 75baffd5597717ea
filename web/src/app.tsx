import { Provider } from '@urql/preact';
import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { ErrorBoundary, LocationProvider, lazy, Route, Router } from 'preact-iso';
import { client, DataVersion } from './client.ts';
import { Credits } from './credits/credits.tsx';
import { Explorer } from './explorer/explorer.tsx';
import { NotLoaded } from './failure.tsx';
import { Header } from './header.tsx';
import { Heading } from './heading.tsx';

const CountryPage = later(() => import('./country/country-page.tsx').then((it) => it.CountryPage));
const CurrencyPage = later(() => import('./currency/currency-page.tsx').then((it) => it.CurrencyPage));

/** Other addresses of the server are not views of this page. */
const VIEWS = /^\/(\?|$|country\/|currency\/)/;

export function App() {
  const [version, setVersion] = useState(0);
  const fetchAgain = () => setVersion((before) => before + 1);
  return (
    <Provider value={client}>
      <DataVersion.Provider value={{ version, fetchAgain }}>
        <LocationProvider scope={VIEWS}>
          <a class="skip" href="#main">
            Skip to the content
          </a>
          <Header onRefreshed={fetchAgain} />
          <main id="main" tabIndex={-1}>
            <ErrorBoundary>
              <Router>
                <Route path="/" component={Explorer} />
                <Route path="/country/:code" component={CountryPage} />
                <Route path="/currency/:code" component={CurrencyPage} />
                <Route default component={NotFound} />
              </Router>
            </ErrorBoundary>
          </main>
          <Credits />
        </LocationProvider>
      </DataVersion.Provider>
    </Provider>
  );
}

function later(load: () => Promise<ComponentType>) {
  return lazy(() => load().catch((): ComponentType => NotLoaded));
}

function NotFound() {
  return (
    <div class="column">
      <Heading title="No such page" />
      <p class="standfirst">
        <a href="/">All countries</a>
      </p>
    </div>
  );
}
