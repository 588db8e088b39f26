/**
 * What is around every page: menu, library, progress, the note of a lost connection, and the question for a key.
 *
 * @module
 */
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { ForbiddenError } from 'fovea/client';
import { lazy, Suspense } from 'react';
import { FoveaProvider, useFovea } from '../api/fovea.tsx';
import { useLiveUpdates } from '../api/live.ts';
import { statusQuery } from '../api/queries.ts';
import { texts } from '../texts.ts';
import { ForgetKey } from './ForgetKey.tsx';
import { KeyForm } from './KeyForm.tsx';
import { NamespaceMenu } from './NamespaceMenu.tsx';
import { Progress } from './Progress.tsx';
import styles from './Shell.module.css';
import { ThemeMenu } from './ThemeMenu.tsx';
import { useUploads } from '../uploads/store.ts';

const UploadPanel = lazy(async () => ({ default: (await import('../uploads/UploadPanel.tsx')).UploadPanel }));

export function Shell() {
  const { namespace } = useParams({ from: '/$namespace' });
  return (
    <FoveaProvider namespace={namespace} key={namespace}>
      <Frame namespace={namespace} />
    </FoveaProvider>
  );
}

function Frame({ namespace }: { readonly namespace: string }) {
  const connection = useLiveUpdates();
  const { error } = useQuery(statusQuery(useFovea()));
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#main">
        {texts.skip}
      </a>
      <header className={styles.header}>
        <Link className={styles.brand} to="/$namespace" params={{ namespace }}>
          <img src={`${import.meta.env.BASE_URL}icon.svg`} width={24} height={24} alt="" />
          <span>{texts.product}</span>
        </Link>
        <Menu namespace={namespace} />
        <div className={styles.tools}>
          <Progress />
          <NamespaceMenu />
          <ForgetKey />
          <ThemeMenu />
        </div>
      </header>
      {connection === 'lost' && (
        <p className={styles.lost} role="status">
          {texts.connection.lost}
        </p>
      )}
      <main className={styles.main} id="main" tabIndex={-1}>
        {error instanceof ForbiddenError ? <KeyForm reason={error.message} /> : <Outlet />}
      </main>
      <Uploads />
    </div>
  );
}

/** Nothing until something is uploaded. */
function Uploads() {
  const { counts, reading, total } = useUploads();
  if (total + counts.skipped === 0 && !reading) return null;
  return (
    <Suspense>
      <UploadPanel />
    </Suspense>
  );
}

function Menu({ namespace }: { readonly namespace: string }) {
  const { menu } = texts;
  return (
    <nav className={styles.menu} aria-label={menu.label}>
      <Link to="/$namespace" params={{ namespace }} activeOptions={{ exact: true, includeSearch: false }}>
        {menu.search}
      </Link>
      <Link to="/$namespace/library" params={{ namespace }}>
        {menu.library}
      </Link>
      <Link to="/$namespace/sql" params={{ namespace }}>
        {menu.sql}
      </Link>
      <Link to="/$namespace/pipelines" params={{ namespace }}>
        {menu.pipelines}
      </Link>
    </nav>
  );
}
