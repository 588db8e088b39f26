/**
 * What is extracted from pictures, how far that is, and by what: graphs, failures, extractors, models, tables, workers.
 *
 * @module
 */
import { Link, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useFovea } from '../../api/fovea.tsx';
import { texts } from '../../texts.ts';
import { DataTab } from './DataTab.tsx';
import { ExtractorsTab } from './ExtractorsTab.tsx';
import { FailuresTab } from './FailuresTab.tsx';
import { GraphsTab } from './GraphsTab.tsx';
import { ModelsTab } from './ModelsTab.tsx';
import { type Tab, TABS } from './params.ts';
import styles from './PipelinesPage.module.css';
import { WorkersTab } from './WorkersTab.tsx';

const PARTS: Readonly<Record<Tab, () => React.ReactNode>> = {
  graphs: GraphsTab,
  failures: FailuresTab,
  extractors: ExtractorsTab,
  models: ModelsTab,
  data: DataTab,
  workers: WorkersTab,
};

export function PipelinesPage() {
  const { tab = 'graphs' } = useSearch({ from: '/$namespace/pipelines' });
  const { namespace } = useFovea();
  const Part = PARTS[tab];
  useEffect(() => {
    document.title = `${texts.pipelines.tab[tab]} · ${texts.menu.pipelines} · ${texts.product}`;
  }, [tab]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{texts.menu.pipelines}</h1>
        <nav className={styles.tabs} aria-label={texts.pipelines.tabs}>
          {TABS.map((each) => (
            <Link
              key={each}
              to="/$namespace/pipelines"
              params={{ namespace }}
              search={each === 'graphs' ? {} : { tab: each }}
              activeOptions={{ exact: true }}
              aria-current={each === tab ? 'page' : undefined}
            >
              {texts.pipelines.tab[each]}
            </Link>
          ))}
        </nav>
      </header>
      <section className={styles.part} aria-label={texts.pipelines.tab[tab]}>
        <Part />
      </section>
    </div>
  );
}
