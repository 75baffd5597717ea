import type { SourceAnswer } from './source.js';
import type { Sources } from './sources.js';

/**
 * Asks the sources before a refresh is there to ask them. The first to ask gets what is under way, and can give it up
 * like a question of its own; whoever asks again asks anew. What nobody has asked for ends when they are closed.
 */
export function askEarly(sources: Sources, force: boolean): Sources {
  const askedAt = performance.now();
  const countries = underWay(sources.countries, force);
  const rates = underWay(sources.rates, force);
  const gdp = underWay(sources.gdp, force);
  const all = [countries, rates, gdp];
  return {
    ...sources,
    get askedAt() {
      return all.every(({ isTaken }) => !isTaken) ? askedAt : undefined;
    },
    countries: countries.ask,
    rates: rates.ask,
    gdp: gdp.ask,
    close: async () => {
      for (const { giveUp } of all) giveUp();
      await sources.close();
    },
  };
}

type Ask<Record> = (signal: AbortSignal, force?: boolean) => Promise<SourceAnswer<Record>>;

function underWay<Record>(ask: Ask<Record>, force: boolean) {
  const controller = new AbortController();
  const early = ask(controller.signal, force);
  // Whoever takes it hears of its failure.
  early.catch(() => undefined);
  const question = {
    isTaken: false,
    giveUp: () => controller.abort(),
    ask: (signal: AbortSignal, again?: boolean): Promise<SourceAnswer<Record>> => {
      if (question.isTaken) return ask(signal, again);
      question.isTaken = true;
      const giveUp = () => controller.abort(signal.reason);
      if (signal.aborted) giveUp();
      else signal.addEventListener('abort', giveUp, { once: true });
      return early;
    },
  };
  return question;
}
