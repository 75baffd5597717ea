import type { CombinedError } from '@urql/preact';
import type { Answer } from './client.ts';

const UNREACHABLE = 'The server cannot be reached.';

/** Says why an answer is not there, and offers to ask again. */
export function Failure({ answer: { error, retry } }: { answer: Pick<Answer<unknown>, 'error' | 'retry'> }) {
  return error ? <Notice message={messageOf(error)} retry={retry} /> : null;
}

/** In place of a view whose code could not be loaded: of a server that is stopped, or is of another version by now. */
export function NotLoaded() {
  return (
    <div class="column">
      <Notice message={UNREACHABLE} retry={() => location.reload()} />
    </div>
  );
}

/** In place of a view whose answer is not there yet. */
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
