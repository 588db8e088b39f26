/**
 * Who goes first where searches and users' statements share one connection (PGlite). A search is several small
 * transactions, and a statement may take the whole time limit: so one statement at a time, none begins while a search is
 * on its way, and a search waits for one statement at most.
 *
 * @module
 */
import { UnavailableError } from '../contract/index.ts';

/** Searches without a gap between them hold up a statement so long, then it has its turn. */
const PATIENCE_MS = 1000;
/** Statements that may wait. Each may take seconds, and who sent it may have gone. */
const MAX_WAITING = 32;
/** Statements that run or wait for a connection, where there are many. */
const MAX_STATEMENTS = 128;

export interface SqlTurns {
  search<T>(work: () => Promise<T>): Promise<T>;
  /** @throws UnavailableError where too many statements wait. */
  statement<T>(work: () => Promise<T>): Promise<T>;
}

/** Everybody goes at once, up to a number: for databases with many connections. */
export function createSqlLimit({ maxStatements = MAX_STATEMENTS } = {}): SqlTurns {
  let statements = 0;
  return {
    search: (work) => work(),
    async statement(work) {
      if (statements >= maxStatements) throw tooMany(statements);
      statements += 1;
      try {
        return await work();
      } finally {
        statements -= 1;
      }
    },
  };
}

function tooMany(statements: number): UnavailableError {
  return new UnavailableError(`Cannot run this SQL: ${statements} statements wait already; try again later`);
}

export function createSqlTurns({ patienceMs = PATIENCE_MS, maxWaiting = MAX_WAITING } = {}): SqlTurns {
  let searches = 0;
  let waiting = 0;
  let tail: Promise<unknown> = Promise.resolve();
  let noSearch: () => void = () => {};

  /** Waits until no search is on its way, for as long as patience lasts. */
  const quiet = (): Promise<void> => {
    if (searches === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      noSearch = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };

  return {
    async search(work) {
      searches += 1;
      try {
        return await work();
      } finally {
        searches -= 1;
        if (searches === 0) noSearch();
      }
    },
    async statement(work) {
      if (waiting >= maxWaiting) throw tooMany(waiting);
      waiting += 1;
      const before = tail;
      const mine = (async () => {
        await before;
        await quiet();
        waiting -= 1;
        return work();
      })();
      tail = mine.catch(() => undefined);
      return mine;
    },
  };
}
