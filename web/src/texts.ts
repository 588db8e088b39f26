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
    ended: (stored: number) => (stored === 0 ? 'Nothing new was uploaded' : `${photos(stored)} uploaded`),
    notes: 'What was set up for them',
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
    placeholder: 'Words, or drop a picture',
    choosePicture: 'Search with a picture',
    completions: 'What the library has',
    ranked: (count: number) => `${photos(count)}, nearest first`,
    coverage: (done: number, total: number) =>
      `${formatCount(done)} of ${photos(total)} can be found so far; the others follow as they are indexed.`,
    waiting: (count: number) => (count === 1 ? '1 new picture' : `${formatCount(count)} new pictures`),
    asSql: 'As SQL',
    tile: {
      remove: 'Search without the picture',
      dropped: 'The picture that is searched with',
      like: (name: string) => `Like ${name}`,
      part: (name: string) => `Like a part of ${name}`,
    },
    drop: {
      over: 'Drop a picture to search with it',
      several:
        'One picture at a time can be searched with. To add several, or a folder, drop them on the page Library.',
      tooLarge: (name: string, bytes: number, most: number) =>
        `Cannot search with “${name}”: it has ${formatBytes(bytes)}, and ${formatBytes(most)} is the most. A smaller copy finds the same.`,
      unkept: (name: string) =>
        `Cannot search with “${name}”: this browser does not let the page keep it. Private windows may forbid that.`,
    },
    chips: {
      label: 'What was understood',
      must: 'must',
      prefer: 'prefer',
      without: 'without',
      turn: (next: string) => `; change to ${next}`,
      hint: (next: string) => `Click for ${next}`,
      edit: '; edit',
      remove: (says: string) => `Remove ${says}`,
    },
    facets: {
      label: 'Narrow down',
      open: (chosen: number) => (chosen === 0 ? 'Narrow down' : `Narrow down (${chosen})`),
      titles: { object: 'Objects', color: 'Colours', camera: 'Camera', year: 'Year' },
      unit: (count: number) => (count === 1 ? 'photo' : 'photos'),
      empty: '(empty)',
      more: (count: number) => `${formatCount(count)} more`,
      fewer: 'Fewer',
      beyond: (count: number) => `and ${formatCount(count)} others`,
    },
    filter: {
      open: 'Filter',
      label: 'Filter, as a condition in SQL',
      placeholder: 'width > 1000 and name like ‘IMG%’',
      hint: 'Over columns of the table content: name, width, height, size_bytes, labels, taken_at, created_at … Enter applies it.',
      and: 'What was chosen holds as well:',
    },
    relevance: {
      alike: (similarity: string) => `alike ${similarity}`,
      words: (words: readonly string[]) => `has “${words.join(' ')}”`,
      rule: 'Less relevant: no text of these has any of the words; they look near to it',
      byLook: (words: string) =>
        `No name, label or text in the library has “${words}”. These pictures look nearest to it, which need not be near.`,
    },
    zero: {
      title: 'Nothing found',
      titleFor: (words: string) => `Nothing found for “${words}”`,
      body: (count: number) =>
        count === 1
          ? 'No picture passes the condition.'
          : 'No picture passes all conditions. This is how many each of them leaves:',
      noWords: 'No name, label or text of a picture has these words, and no pictures are indexed by their look.',
      condition: 'Condition',
      alone: 'It alone',
      others: 'Without it',
      or: ' or ',
      remove: (condition: string) => `Remove the condition ${condition}`,
      nearest: 'Show the nearest pictures without conditions',
      everything: 'Show all pictures',
    },
    missing: {
      title: 'The picture of this search is in another browser',
      body: 'A picture that is dropped into the box stays in the browser where that was done, so a link does not carry it. Drop or paste the picture here to search with it.',
      without: 'Search without the picture',
    },
    notYet: {
      title: 'Nothing can be found yet',
      body: 'The first pictures are being indexed. They appear here by themselves.',
    },
    first: {
      title: 'This library has no pictures yet',
      drop: 'Drop a folder of pictures here',
      over: 'Drop to add to the library',
      command: 'Or add a folder of the server’s machine where it lies, from a terminal:',
      add: 'fovea add ~/Pictures',
      after:
        'Pictures can be searched as soon as they are indexed, while the others follow. Your files are never changed.',
    },
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
    total: photos,
    pixels: (width: number, height: number) => `${width} × ${height}`,
    select: (name: string) => `Select ${name}`,
    selectedOne: (name: string) => `${name}, selected`,
    selection: 'Selection',
    selected: (count: number) => `${formatCount(count)} selected`,
    selectAll: (count: number) => `Select all ${formatCount(count)}`,
    collecting: (count: number, total: number) => `Selecting: ${formatCount(count)} of ${formatCount(total)}`,
    clear: 'Select none',
    similar: 'Similar pictures',
    labels: 'Labels',
    delete: 'Delete',
    retry: 'Try again',
    retryAll: 'Try all again',
    retryOne: (name: string) => `Try again: ${name}`,
    reading: 'Reading the picture',
    unknownReason: 'Nobody knows why',
    newest: (count: number) => `The newest ${formatCount(count)} of them:`,
    labelled: (count: number) => `Labels of ${photos(count)} changed`,
    deleted: (count: number) => `${photos(count)} deleted`,
    retried: (count: number) => (count === 1 ? '1 step is tried again' : `${formatCount(count)} steps are tried again`),
    filters: {
      label: 'Filters',
      name: 'Name',
      state: 'State',
      states: { all: 'All photos', indexed: 'Searchable', open: 'Being indexed', failed: 'Failed' },
      policy: 'Looked at by',
      anyPolicy: 'Any extraction',
      labelHint: 'A label and its value, e.g. trip=rome',
      labelExample: 'Label, e.g. trip=rome',
      removeLabel: (label: string) => `Remove the filter ${label}`,
    },
    views: { label: 'View', pictures: 'Pictures', table: 'Table' },
    columns: {
      selected: 'Selected',
      picture: 'Picture',
      name: 'Name',
      pixels: 'Pixels',
      size: 'Size',
      labels: 'Labels',
      added: 'Added',
      reason: 'Why it failed',
    },
    empty: {
      title: 'No photos yet',
      body: 'Drop pictures or whole folders anywhere on this page, or choose them.',
      command: 'Photos on the server’s machine are added in place, without a copy:',
      add: (namespace: string) =>
        namespace === 'default' ? 'fovea add ~/Photos' : `fovea add ~/Photos --namespace ${namespace}`,
    },
    none: { title: 'No photo passes these filters', failed: 'Nothing failed', clear: 'Show all photos' },
    deleting: {
      title: (count: number) => `Delete ${photos(count)}?`,
      counting: 'Counting what would go …',
      photos: (count: number) => `${photos(count)}, with everything that was found in them`,
      derived: (count: number) => `${formatCount(count)} contents that were made from them`,
      rows: (count: number) => (count === 1 ? '1 row of findings' : `${formatCount(count)} rows of findings`),
      bytes: (bytes: number) => `${formatBytes(bytes)} of pictures that are stored here`,
      kept: (count: number) =>
        count === 1 ? 'The file in your folder stays.' : `${formatCount(count)} files in your folders stay.`,
      confirm: (count: number) => `Delete ${photos(count)}`,
      progress: (done: number, total: number) => `Deleting: ${formatCount(done)} of ${formatCount(total)}`,
    },
    labelling: {
      title: (count: number) => `Labels of ${photos(count)}`,
      key: 'Label',
      newKey: 'new label',
      type: (key: string) => `Type of ${key}`,
      value: (key: string) => `Value of ${key}`,
      types: { text: 'Text', number: 'Number', boolean: 'Yes or no' },
      yes: 'Yes',
      no: 'No',
      anyValue: 'Value',
      different: 'Different values',
      add: 'Another label',
      remove: (key: string) => `Remove ${key}`,
      keep: (key: string) => `Keep ${key}`,
      save: (count: number) => `Change ${photos(count)}`,
      about: (count: number, total: number, values: number) =>
        `${count === total ? 'On all' : `On ${formatCount(count)} of ${formatCount(total)}`}${values > 1 ? `, ${formatCount(values)} different values` : ''}`,
      faults: {
        'no-key': 'Give the label a name',
        twice: 'This label is there twice',
        'no-number': 'This is no number',
      },
    },
  },

  sql: {
    run: 'Run',
    stop: 'Stop',
    running: 'Running',
    nothing: 'null',
    splitter: 'Height of the editor',
    place: (line: number, column: number) => `Line ${line}, column ${column}`,
    editor: {
      label: 'SQL',
      placeholder: 'select … from content',
      help: 'Ctrl-Enter or ⌘-Enter runs it. Tab takes a completion; Escape, then Tab, leaves the editor.',
    },
    complete: {
      embed: 'The vector of a text, to compare others with',
      similarity: 'Cosine of two vectors, in [-1, 1]; larger is more alike',
    },
    schema: {
      title: 'Tables',
      empty: 'There is no table yet: the first picture makes them.',
      insert: 'Insert its name',
      rows: (rows: number, estimated: boolean) =>
        `${estimated ? 'about ' : ''}${rows === 1 ? '1 row' : `${formatCount(rows)} rows`}`,
    },
    examples: {
      label: 'Examples',
      begin: 'Write a SELECT above, or begin with one of these.',
      newest: 'The newest pictures',
      objects: 'What is in the pictures',
      meaning: 'Pictures by meaning',
      people: 'Where most people are',
      colors: 'The colours of this library',
      years: 'Pictures by year',
    },
    history: {
      label: 'History',
      empty: 'Statements that you run are kept here, in this browser.',
      remove: (query: string) => `Remove from the history: ${query}`,
    },
    view: { label: 'Show as', table: 'Table', pictures: 'Pictures', chart: 'Chart' },
    result: {
      label: 'Result',
      table: 'Rows',
      picture: 'Picture',
      rows: (rows: number, milliseconds: number) =>
        `${rows === 1 ? '1 row' : `${formatCount(rows)} rows`} · ${milliseconds < 1000 ? `${Math.max(1, Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`}`,
      truncated: (rows: string) =>
        `There are more rows: these are the first ${rows}, and only they are exported. A condition or “limit” reads fewer.`,
      open: (column: string, text: string) => `${column}: ${text}, see all of it`,
    },
    pictures: { none: 'To see pictures, select the column content_id.' },
    chart: {
      label: 'Chart',
      title: (values: string, labels: string) => `${values} by ${labels}`,
      empty: () => 'There are no rows to draw.',
      noNumber: () => 'To be drawn, rows need a number, such as count(*), beside what is counted.',
      noLabel: () => 'To be drawn, rows need a text, a day or a number to count by.',
      noValue: (column: string) => `There is nothing to draw: “${column}” has no value in any row.`,
      left: (rows: number) => `${rows === 1 ? '1 row is' : `${formatCount(rows)} rows are`} not drawn.`,
    },
    export: {
      label: 'Export',
      csv: { name: 'CSV', note: 'For spreadsheets; a text that would be a formula begins with an apostrophe' },
      json: { name: 'JSON', note: 'Values as they are' },
      parquet: { name: 'Parquet', note: 'Values as they are, with their types' },
    },
    ask: {
      label: 'Ask in words',
      placeholder: 'Ask in words: how many photos have a dog in them?',
      submit: 'Ask',
      steps: (step: string | undefined, model: string) =>
        ({
          asked: `${model} writes SQL`,
          sql: 'Running its SQL',
          refused: `Its SQL did not run; ${model} tries once more`,
          rows: `${model} reads the rows`,
        })[step ?? ''] ?? 'Asking',
      noAnswer: 'The rows below are what was found.',
      by: (model: string) => `Written by ${model}, which may be wrong: the SQL and its rows are below.`,
      refused: (count: number) =>
        count === 1 ? '1 statement of it did not run' : `${formatCount(count)} statements of it did not run`,
    },
  },

  actions: { close: 'Close', cancel: 'Cancel', remove: 'Remove', apply: 'Apply', copy: 'Copy', copied: 'Copied' },

  pipelines: {
    tabs: 'Parts of pipelines',
    tab: {
      graphs: 'Graphs',
      failures: 'Failures',
      extractors: 'Extractors',
      models: 'Models',
      data: 'Indexes and tables',
      workers: 'Workers',
    },
    notAllowed: 'The key of this tab may not see this. Ask whoever runs the server for a key for the whole server.',

    graph: {
      choose: 'Graphs',
      none: 'There is no graph yet',
      noneBody:
        'A graph says what is extracted from pictures. The first photos that are added bring one along; or write your own.',
      add: 'New graph',
      views: 'How the graph is shown',
      view: { drawing: 'Drawing', list: 'List', yaml: 'YAML' },
      drawing: (graph: string) => `Drawing of the graph ${graph}`,
      remove: 'Delete',
      missing: (graph: string) => `There is no graph “${graph}” here any more.`,
      pictures: 'Pictures',
      ofGraph: (graph: string) => `of graph ${graph}`,
      link: 'linked graph',
      linkBody: 'Runs on the boxes, too',
      fit: 'Show all',
      zoomIn: 'Larger',
      zoomOut: 'Smaller',
    },

    policy: {
      name: 'Policy',
      extractor: 'Extractor',
      model: 'Model',
      takes: 'Takes',
      pictures: 'pictures',
      boxesOf: (policy: string) => `boxes of ${policy}`,
      state: 'State',
      building: 'Being built',
      active: 'In use',
      waits: 'Waits',
      next: (version: number, done: number, total: number) =>
        `Version ${version} is being built: ${formatCount(done)} of ${formatCount(total)}`,
      progress: (done: number, total: number) => `${formatCount(done)} of ${formatCount(total)}`,
      count: {
        waiting: 'Waiting',
        running: 'Running',
        done: 'Done',
        failed: 'Failed',
        rate: 'Rate',
        left: 'Time left',
      },
      counts: ({ waiting, running, failed }: { waiting: number; running: number; failed: number }) =>
        [
          waiting > 0 ? `${formatCount(waiting)} waiting` : '',
          running > 0 ? `${formatCount(running)} running` : '',
          failed > 0 ? `${formatCount(failed)} failed` : '',
        ]
          .filter(Boolean)
          .join(' · '),
      version: 'Version',
      filter: 'Only where',
      params: 'Parameters',
      writes: 'Writes',
      close: 'Close the details',
      waitingFor: 'What it waits for',
      toModels: 'See the models',
      toFailures: 'See what failed',
      toRows: 'See its rows',
      none: 'none',
    },

    editor: {
      label: 'Graph as YAML',
      template: 'Begin with',
      checking: 'Checking …',
      same: 'This is the graph as it is.',
      good: 'The text is right.',
      faults: (count: number) => (count === 1 ? '1 thing is wrong' : `${formatCount(count)} things are wrong`),
      line: (line: number) => `Line ${line}`,
      revert: 'Back to how it is',
      apply: 'Apply …',
      create: 'Create …',
      waits: 'It is checked as you write; what would change is told before anything does.',
    },

    change: {
      title: 'What this changes',
      creates: (graph: string) => `Makes the new graph “${graph}”.`,
      other: (graph: string, shown: string) => `It is called “${graph}” here; “${shown}” stays as it is.`,
      exists: (graph: string) => `There is a graph “${graph}” already: this changes it.`,
      nothing: 'Nothing changes.',
      action: { add: 'New', change: 'Anew', keep: 'Stays', extra: 'Stays', remove: 'Removed' },
      extracts: (count: number) => (count === 0 ? 'nothing to extract yet' : `extracted from ${photos(count)}`),
      again: (count: number) =>
        count === 0 ? 'a new version' : `a new version, extracted from ${photos(count)} beside the old one`,
      kept: 'as it is',
      extra: 'not in the text any more',
      removed: 'with everything it extracted',
      prune: 'Remove policies that the text no longer has, with everything they extracted',
      text: 'The text, before and after',
      apply: 'Apply',
      done: (graph: string) => `Graph “${graph}” is applied.`,
    },

    remove: {
      title: (graph: string) => `Delete graph “${graph}”?`,
      body: (policies: number, rows: number) =>
        `${policies === 1 ? 'Its policy goes' : `Its ${formatCount(policies)} policies go`}, with ${
          rows === 1 ? 'the row that it' : `${formatCount(rows)} rows that they`
        } extracted. The pictures stay. It can be made again from its text, and extracts anew then.`,
      confirm: 'Delete the graph',
    },

    failures: {
      none: 'Nothing has failed.',
      noneBody: 'Whatever cannot be extracted from a picture is listed here, with the reason.',
      retry: 'Try all again',
      retried: (count: number) => (count === 1 ? '1 is tried again' : `${formatCount(count)} are tried again`),
      reading: 'Reading the picture',
      count: photos,
      more: (count: number) => `and ${formatCount(count)} more`,
      library: 'See them in the library',
    },

    extractors: {
      version: (version: string) => `version ${version}`,
      accepts: 'Takes',
      nothing: 'rows that you hand over',
      aliases: 'Also called',
      parameters: 'Parameters',
      noParameters: 'It has none.',
      parameter: { name: 'Name', type: 'Type', default: 'Default', description: 'What it does' },
      required: 'required',
      outputs: 'Writes for each picture',
      column: { name: 'Column', type: 'Type', unit: 'Unit', description: 'What it is' },
      vector: (dimension: string, metric: string) => `vector of ${dimension} numbers, ${metric}`,
      model: 'Model by default',
      unknownOutput: 'What it writes depends on a model that is not here yet.',
      range: (low: number, high: number) => `${low} to ${high}`,
    },

    models: {
      name: 'Model',
      kind: 'For',
      kinds: { 'image-text': 'words and pictures', detector: 'objects' },
      size: 'Size',
      state: 'State',
      states: { shipped: 'comes with Fovea', cached: 'here', absent: 'not here' },
      licence: 'Licence',
      unknown: 'not known',
      fetch: 'Fetch',
      fetchOf: (model: string) => `Fetch ${model}`,
      fetching: (model: string) => `Fetching ${model}`,
      received: (received: number, total: number | null) =>
        total === null ? formatBytes(received) : `${formatBytes(received)} of ${formatBytes(total)}`,
      fetched: (model: string) => `${model} is here.`,
      usedBy: 'Used by',
      waiting: 'Policies that wait for a model',
    },

    data: {
      indexes: 'Indexes',
      indexesBody: 'Vectors that searches by words and by pictures go through.',
      noIndexes: 'There is no index yet: a policy with an embedding extractor makes one.',
      tables: 'Tables',
      tablesBody: 'What SQL sees. Tables of a graph show the rows of its policies together.',
      noTables: 'There are no tables yet.',
      name: 'Name',
      rows: 'Rows',
      about: (rows: number) => `about ${formatCount(rows)}`,
      size: 'On disk',
      columns: 'Columns',
      dimension: 'Dimension',
      model: 'Model',
      search: 'Searched',
      hnsw: 'by HNSW',
      exact: 'exactly',
      open: 'Open in SQL',
      openOf: (table: string) => `Open ${table} in SQL`,
      export: 'Export',
      exportOf: (name: string, format: string) => `Export ${name} as ${format}`,
      formats: { parquet: 'Parquet', csv: 'CSV', jsonl: 'JSON lines' },
    },

    workers: {
      none: 'No worker runs. The server starts its own as soon as there is something to do.',
      id: 'Worker',
      host: 'Machine',
      state: 'State',
      states: { working: 'Works', waiting: 'Waits for work', stopped: 'Stopped', died: 'Died', lost: 'Lost' },
      here: 'of this server',
      elsewhere: 'from elsewhere',
      doing: 'Doing',
      doingNow: (contents: number, policies: string) => `${photos(contents)}: ${policies}`,
      nothing: 'nothing',
      completed: 'Handed in',
      started: 'Since',
      seen: 'Heard of',
      ended: 'Ended within the last hour',
      refuses: (policy: string, reason: string) => `Does not take ${policy}: ${reason}`,
      extractors: 'Only for',
    },
  },
} as const;
