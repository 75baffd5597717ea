import { capitalized, count, time } from '../format.ts';
import type { ProgressFragment } from '../generated/graphql.ts';

/** One refresh: its phases and counts, and what was skipped. */
export function Report({ report, isOpen = false }: { report: ProgressFragment; isOpen?: boolean }) {
  const { state, progress, startedAt, startedBy, durationMs, phases, warnings, failure } = report;
  return (
    <details class={`report ${state.toLowerCase()}`} open={isOpen}>
      <summary>
        <span class="state">{capitalized(state)}</span>
        <span>{time(startedAt)}</span>
        <span class="note">
          {durationMs != null && `${count(durationMs)} ms, `}by {startedBy}
        </span>
      </summary>
      {state === 'RUNNING' && <progress value={progress} aria-label="Progress of the refresh" />}
      {isOpen && (
        <p class="hidden" role="status">
          {capitalized(state)}
        </p>
      )}
      {failure && (
        <p class="failure">
          {failure.message}. {failure.details}
        </p>
      )}
      <ul class="phases">
        {phases.map(({ name, state, done, total, durationMs }) => (
          <li key={name} class={state.toLowerCase()}>
            <span>{capitalized(name).replace('gdp', 'GDP')}</span>
            <span class="note">
              {capitalized(state)}
              {total != null && `, ${count(done)} of ${count(total)}`}
              {durationMs != null && `, ${count(durationMs)} ms`}
            </span>
          </li>
        ))}
      </ul>
      <p class="counts">
        {(['received', 'inserted', 'updated', 'unchanged', 'rejected', 'missing'] as const).map((name) => (
          <span key={name}>
            <strong>{count(report[name])}</strong> {name}
          </span>
        ))}
      </p>
      {warnings.length > 0 && (
        <details>
          <summary>{warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`}</summary>
          <ul class="warnings">
            {warnings.map(({ code, message }, index) => (
              <li key={index}>
                <code>{code}</code> {message}
              </li>
            ))}
          </ul>
        </details>
      )}
    </details>
  );
}
