/**
 * What is known of the picture, beside it, in tabs.
 *
 * @module
 */
import { Tabs } from '@base-ui/react/tabs';
import type { Content, ContentFeatures, Task } from 'fovea/client';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { texts } from '../../texts.ts';
import type { Box } from './boxes.ts';
import { Details } from './Details.tsx';
import { Found } from './Found.tsx';
import { History } from './History.tsx';
import styles from './Panel.module.css';
import type { Region } from './region.ts';
import type { Track } from './tracks.ts';
import type { BoxView } from './use-box-view.ts';
import type { Neighbours } from './use-neighbours.ts';
import { Why } from './Why.tsx';

const { tabs: words } = texts.picture;

export type Tab = 'why' | 'found' | 'details' | 'history';

/** What a page asked the server for. */
export interface Asked<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
}

export interface PanelProps {
  readonly content: Content;
  readonly features: Asked<ContentFeatures>;
  readonly tasks: Asked<Task[]>;
  readonly neighbours: Neighbours;
  readonly boxes: readonly Box[];
  readonly tracks: readonly Track[];
  /** From a time of a video on. */
  readonly onPlay: (timeMs: number) => void;
  readonly view: BoxView;
  /** Whether it was opened from a search, so that there may be a reason. */
  readonly hasReason: boolean;
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
  readonly onSearch: (region: Region) => void;
}

const TABS = ['why', 'found', 'details', 'history'] as const satisfies readonly Tab[];
const NOTHING: ContentFeatures = { features: [] };

export function Panel(props: PanelProps) {
  const { content, features, tasks, neighbours, boxes, tracks, view, hasReason, tab, onTab, onPlay, onSearch } = props;
  const tabs = hasReason ? TABS : TABS.filter((each) => each !== 'why');
  const isBusy = tasks.data?.some(({ state }) => state === 'waiting' || state === 'running') ?? true;
  return (
    <Tabs.Root className={styles.panel} value={tab} onValueChange={(value: Tab) => onTab(value)}>
      <Tabs.List className={styles.tabs} aria-label={words.label} activateOnFocus>
        {tabs.map((each) => (
          <Tabs.Tab key={each} value={each} className={styles.tab}>
            {words[each]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel key={tab} value={tab} className={styles.content}>
        {features.error !== null && tab !== 'history' && <ErrorNotice error={features.error} />}
        {tab === 'why' && <Why neighbours={neighbours} boxes={boxes} view={view} />}
        {tab === 'found' && features.data !== undefined && (
          <Found
            features={features.data}
            isBusy={isBusy}
            tracks={tracks}
            view={view}
            onPlay={onPlay}
            onSearch={onSearch}
          />
        )}
        {tab === 'details' && <Details content={content} features={features.data ?? NOTHING} />}
        {tab === 'history' && <History content={content} tasks={tasks.data} error={tasks.error} />}
      </Tabs.Panel>
    </Tabs.Root>
  );
}
