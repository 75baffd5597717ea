import { useClient } from '@urql/preact';
import type { RefObject } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { queryLink, setAdminToken, useData } from '../client.ts';
import { Tools } from '../credits/tools.tsx';
import { messageOf } from '../failure.tsx';
import {
  type ProgressFragment,
  RefreshesDocument,
  RefreshProgressDocument,
  StartRefreshDocument,
} from '../generated/graphql.ts';
import { Report } from './report.tsx';

interface Props {
  dialog: RefObject<HTMLDialogElement | null>;
  onRefreshed: () => void;
}

/** Starts a refresh and watches it; shows the reports of the last ones. */
export function RefreshPanel({ dialog, onRefreshed }: Props) {
  const client = useClient();
  const [isOpen, setOpen] = useState(false);
  const [id, setId] = useState<string | null>(null);
  const [current, setCurrent] = useState<ProgressFragment | null>(null);
  const [problem, setProblem] = useState<{ code: string; message: string } | null>(null);
  const { data, retry } = useData(RefreshesDocument, {}, !isOpen);
  const isRunning = current?.state === 'RUNNING';

  const start = async () => {
    setProblem(null);
    const { data, error } = await client.mutation(String(StartRefreshDocument), {}).toPromise();
    if (data) return setId(data.refreshCountries.id);
    setProblem({ code: String(error?.graphQLErrors[0]?.extensions?.code ?? ''), message: messageOf(error) });
  };
  const startWith = (token: string) => {
    setAdminToken(token);
    void start();
  };
  useEffect(() => {
    if (id === null) return undefined;
    const { unsubscribe } = client
      .subscription<{ refreshProgress: ProgressFragment }>(String(RefreshProgressDocument), { id })
      .subscribe(({ data, error }) => {
        if (data) setCurrent(data.refreshProgress);
        if (!error) return;
        setProblem({ code: '', message: `The progress cannot be shown. ${messageOf(error)}` });
        // How it went on, if at all, is in the reports.
        setId(null);
        setCurrent(null);
        retry();
      });
    return unsubscribe;
  }, [id]);
  const state = current?.state;
  useEffect(() => {
    if (state === undefined || state === 'RUNNING') return;
    retry();
    if (state === 'SUCCEEDED') onRefreshed();
  }, [state, id]);

  const reports = data?.refreshes ?? [];
  const past = reports.filter((it) => it.id !== current?.id);
  const shown = isRunning ? current : (reports.find((it) => it.id === current?.id) ?? current);
  const isUnfinished = shown?.state === 'SUCCEEDED' && shown.phases.some((it) => /RUNNING|WAITING/.test(it.state));
  useEffect(() => {
    // The picture is drawn after the subscription has ended.
    const timer = isUnfinished ? setTimeout(retry, 1_000) : undefined;
    return () => clearTimeout(timer);
  }, [isUnfinished, data]);
  return (
    <dialog
      ref={dialog}
      class="panel"
      aria-labelledby="refresh-title"
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
    >
      <header>
        <h2 id="refresh-title">Refresh</h2>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </header>
      <p>
        Fetches countries, rates and GDP figures from their sources and stores them in one transaction, all or nothing.
      </p>
      {problem?.code === 'UNAUTHENTICATED' ? (
        <TokenForm onToken={startWith} />
      ) : (
        <button type="button" class="primary" disabled={isRunning} onClick={() => void start()}>
          {isRunning ? 'Refreshing …' : 'Refresh now'}
        </button>
      )}
      {problem && (
        <p class="failure" role="alert">
          {problem.message}
        </p>
      )}
      {shown && <Report report={shown} isOpen />}
      {past.length > 0 && <h3>Earlier refreshes</h3>}
      {past.map((report) => (
        <Report key={report.id} report={report} />
      ))}
      <Tools query={queryLink(RefreshesDocument, {})} />
    </dialog>
  );
}

function TokenForm({ onToken }: { onToken: (token: string) => void }) {
  const [token, setToken] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    onToken(token.trim());
  };
  return (
    <form class="toolbar" onSubmit={submit}>
      <label class="field grow">
        <span>Admin token</span>
        <input
          type="password"
          required
          autocomplete="off"
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      <button type="submit" class="primary">
        Refresh now
      </button>
    </form>
  );
}
