/**
 * Everything that the page says, in one place; in English. A block a page, in the order of the menu.
 *
 * @module
 */
import { formatBytes, formatCount, formatDuration } from './state/format.ts';

const photos = (count: number): string => (count === 1 ? '1 photo' : `${formatCount(count)} photos`);

export const texts = {
  product: 'Fovea',
  skip: 'Skip to the content',

  menu: { label: 'Pages', search: 'Search', library: 'Library', sql: 'SQL', pipelines: 'Pipelines' },

  namespace: { label: 'Library that is shown' },

  theme: { label: 'Colours', system: 'As the system', light: 'Light', dark: 'Dark' },

  connection: { lost: 'The server does not answer. This page goes on as soon as it is back.' },

  progress: {
    label: 'Indexing',
    brief: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)}`,
    rate: (perSecond: number) =>
      `${formatCount(perSecond >= 10 ? Math.round(perSecond) : Math.round(perSecond * 10) / 10)}/s`,
    left: (seconds: number) => formatDuration(seconds),
    failed: (count: number) => `${photos(count)} could not be read`,
    unreadable: (count: number) =>
      count === 1 ? '1 file could not be opened' : `${formatCount(count)} files could not be opened`,
    done: (count: number) => `${photos(count)}, all searchable`,
    policy: {
      name: 'What is extracted',
      done: 'Done',
      left: 'Left',
      failed: 'Failed',
      rate: 'Rate',
      time: 'Time left',
    },
    see: 'See which, and why',
  },

  uploads: {
    label: 'Uploads',
    list: 'Files',
    reading: (found: number) => `Looking for pictures: ${formatCount(found)} so far`,
    running: (ended: number, total: number) => `Uploading: ${formatCount(ended)} of ${formatCount(total)}`,
    paused: (ended: number, total: number) => `Paused at ${formatCount(ended)} of ${formatCount(total)}`,
    held: (ended: number, total: number) => `Waiting at ${formatCount(ended)} of ${formatCount(total)}`,
    ended: (stored: number) => (stored === 0 ? 'Nothing was uploaded' : `${photos(stored)} uploaded`),
    into: (namespace: string) => `Into “${namespace}”`,
    numbers: (sent: number, total: number) => `${formatBytes(sent)} of ${formatBytes(total)}`,
    rate: (perSecond: number) => `${formatBytes(Math.round(perSecond))}/s`,
    left: (seconds: number) => formatDuration(seconds),
    known: (count: number) => (count === 1 ? '1 was here already' : `${formatCount(count)} were here already`),
    skipped: (count: number) => (count === 1 ? '1 file is no picture' : `${formatCount(count)} files are no pictures`),
    failed: (count: number) => `${formatCount(count)} could not be uploaded`,
    noPicture: 'No picture, not sent',
    waiting: 'Waits',
    sending: (name: string) => `Sending ${name}`,
    gone: (name: string) =>
      `Cannot read “${name}”: it was moved, changed or deleted since it was chosen; choose it again`,
    hint: 'Goes on while you use other pages of Fovea. Loading this page anew or closing the tab ends it.',
    pause: 'Pause',
    resume: 'Go on',
    cancel: 'Cancel the rest',
    retry: 'Try again',
    retryAll: 'Try all again',
    collapse: 'Show less',
    expand: 'Show more',
  },

  key: {
    title: 'This server asks for a key',
    body: 'Ask whoever runs it for one, or make one there with “fovea key create”. It is kept until this tab is closed.',
    label: 'API key',
    submit: 'Open',
    forget: 'Forget the key',
  },

  error: {
    title: 'That did not work',
    retry: 'Try again',
    unexpected: 'Something went wrong in this page. Loading it again may help.',
    notFound: 'There is no page at this address.',
    home: 'Go to the search',
  },

  count: { photos, bytes: formatBytes },

  search: {
    label: 'Search the pictures',
    placeholder: 'Words, or paste a picture',
  },

  grid: {
    label: 'Pictures',
    more: 'Loading more pictures',
    unnamed: 'Picture without a name',
  },

  library: {
    choosePictures: 'Choose pictures',
    chooseFolder: 'Choose a folder',
    drop: 'Drop pictures and folders here',
    uploadHint: 'Folders of what you upload are kept as the label “folder”. Your files stay where they are.',
  },

  actions: { close: 'Close', cancel: 'Cancel', remove: 'Remove', apply: 'Apply', copy: 'Copy', copied: 'Copied' },
} as const;
