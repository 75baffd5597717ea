import type { Answer } from './client.ts';

/** Says why an answer is not there, and offers to ask again. */
export function Failure({ answer: { error, retry } }: { answer: Pick<Answer<unknown>, 'error' | 'retry'> }) {
  if (!error) return null;
  const [first] = error.graphQLErrors;
  return (
    <p class="failure" role="alert">
      {first ? first.message : 'The server cannot be reached.'}{' '}
      <button type="button" onClick={retry}>
        Try again
      </button>
    </p>
  );
}
