import type { CombinedError } from '@urql/preact';
import { useContext } from 'preact/hooks';
import { type Answer, DataVersion } from './client.ts';

const UNREACHABLE = 'The server cannot be reached.';

/** Says why an answer is missing, and offers to try again: everything, because other answers are often missing too. */
export function Failure({ answer: { error } }: { answer: Pick<Answer<unknown>, 'error'> }) {
  const { fetchAgain } = useContext(DataVersion);
  return error ? <Notice message={messageOf(error)} retry={fetchAgain} /> : null;
}

/** Instead of a view whose code could not be loaded: the server is stopped, or has another version by now. */
export function NotLoaded() {
  return (
    <div class="column">
      <Notice message={UNREACHABLE} retry={() => location.reload()} />
    </div>
  );
}

/** Instead of the map, likewise. */
export function MapNotLoaded() {
  return <Notice message="The map cannot be loaded." retry={() => location.reload()} />;
}

/** Instead of a view whose answer has not arrived yet. */
export function Waiting({ answer }: { answer: Answer<unknown> }) {
  return (
    <div class="column">
      <Failure answer={answer} />
      {answer.fetching && <p class="loading">Loading …</p>}
    </div>
  );
}

function Notice({ message, retry }: { message: string; retry: () => void }) {
  return (
    <p class="failure" role="alert">
      {message}{' '}
      <button type="button" onClick={retry}>
        Try again
      </button>
    </p>
  );
}

export function messageOf(error: CombinedError | undefined): string {
  return error?.graphQLErrors[0]?.message ?? UNREACHABLE;
}
