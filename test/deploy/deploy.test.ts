/**
 * What is shipped to run Fovea with (`Dockerfile`, `compose.yaml`, `deploy/`, `docs/deploy.md`), held against the project:
 * no container engine builds or runs it here.
 *
 * @module
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { DEFAULT_PORT, readEnvironment } from '../../src/cli/environment.ts';
import { finished, program, root } from '../acceptance/library.ts';
import { contextFiles, parseDockerfile, type Stage, type Step } from './container-image.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as { files: string[]; bin: { fovea: string } };
const docs = read('docs/deploy.md');

/** Mistyped keys are refused. */
const Compose = z.strictObject({
  name: z.string(),
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string(),
      build: z.string().optional(),
      init: z.boolean().optional(),
      restart: z.enum(['unless-stopped']),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.union([z.string(), z.number()])),
      ports: z.array(z.string()).optional(),
      volumes: z.array(z.string()),
      shm_size: z.string().optional(),
      cap_drop: z.array(z.string()).optional(),
      security_opt: z.array(z.string()).optional(),
      stop_grace_period: z.string().optional(),
      healthcheck: z
        .strictObject({
          test: z.array(z.string()).optional(),
          interval: z.string().optional(),
          timeout: z.string().optional(),
          retries: z.number().optional(),
          disable: z.boolean().optional(),
        })
        .optional(),
      depends_on: z.record(z.string(), z.strictObject({ condition: z.enum(['service_healthy']) })).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});
const { services, volumes } = Compose.parse(parse(read('compose.yaml')));
const ours = Object.entries(services).filter(([, { image }]) => image === 'fovea');

const stages = parseDockerfile(read('Dockerfile'));
const final = stages.at(-1);
const step = (keyword: string, stage: Stage | undefined = final): Step | undefined =>
  stage?.steps.findLast((each) => each.keyword === keyword);

/** Texts that name commands and variables. */
const texts = {
  Dockerfile: read('Dockerfile'),
  'compose.yaml': read('compose.yaml'),
  'deploy/space/Dockerfile': read('deploy/space/Dockerfile'),
  'deploy/space/README.md': read('deploy/space/README.md'),
  'deploy/fovea.service': read('deploy/fovea.service'),
  'docs/deploy.md': docs,
};

describe('variables', () => {
  const known = new Set<string>();
  readEnvironment(
    new Proxy<NodeJS.ProcessEnv>({}, { get: (_, name) => void (typeof name === 'string' && known.add(name)) }),
  );
  /** Of compose.yaml itself: `${NAME…}`. */
  const composed = [...texts['compose.yaml'].matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);

  test.each(Object.entries(texts))('of %s are read by Fovea, or asked for by compose.yaml', (_name, text) => {
    for (const [name] of text.matchAll(/\bFOVEA_[A-Z_]+\b/g)) expect([...known, ...composed]).toContain(name);
  });

  test('that compose.yaml asks for are written to .env by the documentation', () => {
    expect(composed.length).toBeGreaterThan(3);
    for (const name of composed) expect(docs).toMatch(new RegExp(`^printf '.*${name}=.*> \\.env$`, 'm'));
  });

  test('that the base images and packages read are spelt as they spell them', () => {
    const script = execFileSync(
      'grep',
      ['-rhoE', 'ONNXRUNTIME_NODE_INSTALL\\b', 'node_modules/onnxruntime-node/script'],
      {
        cwd: root,
      },
    );
    expect(String(script)).toContain('ONNXRUNTIME_NODE_INSTALL');
    const others = stages.flatMap(({ steps }) => steps.flatMap(({ properties }) => Object.keys(properties)));
    expect(new Set(others.filter((name) => !known.has(name)))).toEqual(
      new Set(['ONNXRUNTIME_NODE_INSTALL', 'NODE_ENV', 'PATH']),
    );
  });
});

describe('commands', () => {
  const helps = new Map<string, Promise<string>>();
  const help = (...command: string[]): Promise<string> => {
    const key = command.join(' ');
    const known =
      helps.get(key) ?? finished(spawn(process.execPath, [program, ...command, '--help'])).then((ran) => ran.stdout);
    helps.set(key, known);
    return known;
  };
  const plain = (text: string): string => text.replaceAll(/["',[\]\\]/g, ' ').replaceAll(/ +/g, ' ');
  /** `fovea <verb> …` of a text, as words. */
  const fromText = (text: string, verbs: readonly string[]): string[][] =>
    [
      ...plain(text).matchAll(new RegExp(`(?:\\bfovea|/dist/cli/main\\.js) ((?:${verbs.join('|')})\\b[^\n\`]*)`, 'g')),
    ].map(([, words = '']) => words.trim().split(' '));

  test('and their flags exist', async () => {
    const verbs = [...(await help()).matchAll(/^ {2}([a-z-]+) /gm)].map(([, verb = '']) => verb);
    const composed = ours.map(([, { command = [] }]) => command);
    const { json = [] } = step('CMD') ?? {};
    const found = [json, ...composed, ...Object.values(texts).flatMap((text) => fromText(text, verbs))];
    expect(found.length).toBeGreaterThan(12);
    for (const [verb = '', ...words] of found) {
      expect(verbs, verb).toContain(verb);
      const [sub = ''] = words;
      const hasSub = new RegExp(`^ {2}${sub.replaceAll(/\W/g, '.')} `, 'm').test(await help(verb));
      const text = await (hasSub && /^[a-z]+$/.test(sub) ? help(verb, sub) : help(verb));
      for (const flag of words.filter((word) => word.startsWith('--')))
        expect([verb, text]).toEqual([verb, expect.stringContaining(`${flag} `)]);
    }
  });

  test('are the same in compose.yaml as in the image, with more behind', () => {
    expect(step('ENTRYPOINT')?.json).toEqual(['fovea']);
    expect(services.server?.command?.slice(0, 3)).toEqual(step('CMD')?.json);
  });
});

describe('Dockerfile', () => {
  test('copies only what is in its context, and all that the package ships', () => {
    const copies = stages.flatMap(({ steps }) => steps.filter(({ keyword }) => keyword === 'COPY'));
    for (const { words } of copies.filter(({ flags }) => flags.from === undefined))
      for (const source of words.slice(0, -1)) expect([source, contextFiles(root, source)]).not.toEqual([source, []]);
    const shipped = final?.steps.filter(({ keyword }) => keyword === 'COPY').flatMap(({ words }) => words.slice(0, -1));
    for (const file of manifest.files.filter((each) => !each.startsWith('!') && each !== 'CHANGELOG.md'))
      expect(
        shipped?.some((source) => source === file || source === `/app/${file}`),
        file,
      ).toBe(true);
    expect(contextFiles(root, 'src').some((file) => file.endsWith('.test.ts'))).toBe(false);
  });

  test('builds on the Node that the package asks for, and is nobody in particular', () => {
    for (const { base } of stages) expect(['node:20-bookworm-slim', ...stages.map(({ name }) => name)]).toContain(base);
    expect(step('USER')?.words).toEqual(['1000:1000']);
    const { FOVEA_HOME: home, FOVEA_CACHE: cache, FOVEA_PORT: port } = step('ENV')?.properties ?? {};
    expect(step('VOLUME')?.json).toEqual([home, cache]);
    expect([step('EXPOSE')?.words, port]).toEqual([[String(DEFAULT_PORT)], String(DEFAULT_PORT)]);
  });

  test('of a Space goes on from the stage that it names, on the port that its README names', () => {
    const space = parseDockerfile(`${texts.Dockerfile}\n${texts['deploy/space/Dockerfile']}`).at(-1);
    expect(space?.base).toBe(final?.name);
    const [, matter = ''] = /^---\n([^]*?)\n---\n/.exec(texts['deploy/space/README.md']) ?? [];
    const { sdk, app_port: port, ...about } = parse(matter) as Record<string, unknown>;
    expect([sdk, about.license]).toEqual(['docker', 'apache-2.0']);
    expect(String(about.short_description).length).toBeLessThanOrEqual(60);
    expect([step('ENV', space)?.properties.FOVEA_PORT, step('EXPOSE', space)?.words[0]]).toEqual([
      `${port}`,
      `${port}`,
    ]);
    expect(step('ENTRYPOINT', space)?.json?.[2]).toMatch(
      /^exec fovea server --host 0\.0\.0\.0 --allow-host "\$SPACE_HOST"$/,
    );
    // Without it, what the stage before gives its own entry point would become the shell's $0.
    expect(step('CMD', space)?.json).toEqual([]);
  });
});

describe('compose.yaml', () => {
  test('has a PostgreSQL with a pgvector that Fovea takes, and the server speaks to it', () => {
    const { image = '', environment = {}, healthcheck } = services.database ?? {};
    const [, pgvector = '', postgres = ''] = /^pgvector\/pgvector:(\d+\.\d+)\.\d+-pg(\d+)$/.exec(image) ?? [];
    expect(Number(pgvector)).toBeGreaterThanOrEqual(0.8);
    expect(Number(postgres)).toBeGreaterThanOrEqual(15);
    const url = new URL(String(services.server?.environment.FOVEA_DATABASE_URL).replaceAll(/\$\{(\w+)\}/g, '$1'));
    expect(url).toMatchObject({ hostname: 'database', port: '5432', password: 'POSTGRES_PASSWORD' });
    expect([url.username, url.pathname]).toEqual([environment.POSTGRES_USER, `/${environment.POSTGRES_DB}`]);
    expect(healthcheck?.test).toEqual([
      'CMD',
      'pg_isready',
      `--username=${url.username}`,
      `--dbname=${url.pathname.slice(1)}`,
    ]);
  });

  test('mounts volumes that it has, where the image keeps something', () => {
    const kept = [...(step('VOLUME')?.json ?? []), '/photos'];
    for (const [, { volumes: mounts }] of ours)
      for (const mount of mounts) {
        const [, source = '', target = ''] = /^(\$\{.*\}|[^:]+):(\/\w+)(?::ro)?$/.exec(mount) ?? [];
        expect(source.startsWith('${PHOTOS') || source in volumes, mount).toBe(true);
        expect(kept).toContain(target);
      }
    expect(services.server?.volumes).toContain('${PHOTOS:-./photos}:/photos:ro');
  });

  test('lets workers in, by a name that the server answers to, with its key, once it is healthy', () => {
    const { server, worker } = services;
    const url = new URL(worker?.command?.[2] ?? '');
    expect([url.hostname in services, url.port]).toEqual([true, step('ENV')?.properties.FOVEA_PORT]);
    const { command = [] } = server ?? {};
    expect(command.flatMap((word, at) => (command[at - 1] === '--allow-host' ? [word] : []))).toContain(url.hostname);
    expect(String(server?.environment.FOVEA_API_KEY)).toMatch(/^\$\{FOVEA_API_KEY:\?/);
    expect(worker?.environment.FOVEA_API_KEY).toBe('${FOVEA_API_KEY}');
    expect(server?.ports).toEqual([`127.0.0.1:${url.port}:${url.port}`]);
    for (const { depends_on: needs = {} } of Object.values(services))
      for (const name of Object.keys(needs)) {
        const { healthcheck, image } = services[name] ?? {};
        expect(healthcheck?.test !== undefined || (image === 'fovea' && healthcheck?.disable !== true), name).toBe(
          true,
        );
      }
  });
});

describe('deploy/fovea.service', () => {
  const unit = new Map(
    texts['deploy/fovea.service']
      .split('\n')
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

  test("runs the package's program on the home that systemd makes", () => {
    const folder = unit.get('WorkingDirectory');
    expect(unit.get('ExecStart')).toMatch(new RegExp(`^/usr/bin/node ${folder}/${manifest.bin.fovea} server `));
    expect(docs).toContain(`\`${folder}\``);
    expect(unit.get('Environment')).toBe(`FOVEA_HOME=/var/lib/${unit.get('StateDirectory')}`);
    const { apiKeys } = readEnvironment({ FOVEA_API_KEY: 'k' });
    expect(apiKeys).toEqual(['k']);
    expect(docs).toContain(unit.get('EnvironmentFile')?.replace(/^-/, ''));
  });

  test.skipIf(!existsSync('/usr/bin/systemd-analyze'))('has nothing that systemd does not know', () => {
    const verified = execFileSync(
      '/bin/sh',
      [
        '-c',
        'd=$(mktemp -d) && sed "s#/usr/bin/node#/bin/true#" deploy/fovea.service > $d/fovea.service && systemd-analyze verify $d/fovea.service 2>&1; rm -r $d',
      ],
      { cwd: root },
    );
    expect(String(verified)).not.toMatch(/fovea\.service.*(Unknown|Failed to parse|Invalid)/i);
  });
});

describe('docs/deploy.md', () => {
  let ports: string[];
  beforeAll(() => {
    ports = [...docs.matchAll(/(?:127\.0\.0\.1:|publish 127\.0\.0\.1:\d+:)(\d+)/g)].map(([, port = '']) => port);
  });

  test('speaks of the port that the server listens on, and of files that are there', () => {
    expect(ports.length).toBeGreaterThan(3);
    expect(new Set(ports)).toEqual(new Set([String(DEFAULT_PORT)]));
    for (const [path] of docs.matchAll(/\bdeploy\/[\w./]+\w/g))
      expect([path, existsSync(join(root, path))]).toEqual([path, true]);
    for (const [, path = ''] of docs.matchAll(/\]\((\w[\w.-]*\.md)\)/g))
      expect(existsSync(join(root, 'docs', path))).toBe(true);
  });
});
