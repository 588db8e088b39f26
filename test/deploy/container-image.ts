/**
 * A Dockerfile without a container engine: its stages as data, and their steps carried out in folders that stand for the
 * file systems of the images. A path of the image is that path below its folder; base images are this machine.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, posix, relative } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { DockerfileParser, type Instruction, ModifiableInstruction, PropertyInstruction } from 'dockerfile-ast';

export interface Step {
  readonly keyword: string;
  /** As it stands, with continued lines. */
  readonly text: string;
  /** Strings of the JSON form; undefined for the shell form. */
  readonly json: readonly string[] | undefined;
  /** Without flags. */
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string>>;
  /** Of ENV, ARG and LABEL. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface Stage {
  readonly base: string;
  readonly name: string;
  readonly steps: readonly Step[];
}

/** What a container of an image starts with. */
export interface Image {
  /** Stands for `/`. */
  readonly root: string;
  readonly workdir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly volumes: readonly string[];
  readonly ports: readonly number[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly healthcheck: readonly string[];
}

export function parseDockerfile(text: string): Stage[] {
  const stages: { base: string; name: string; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const step = toStep(instruction);
    if (step.keyword === 'FROM') {
      const [base = '', as, name = ''] = step.words;
      if (as !== undefined && as.toUpperCase() !== 'AS') throw new Error(`No stage: ${step.text}`);
      stages.push({ base, name, steps: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined) throw new Error(`Before any FROM: ${step.text}`);
      stage.steps.push(step);
    }
  }
  return stages;
}

function toStep(instruction: Instruction): Step {
  const text = instruction.getArgumentsContent() ?? '';
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  const properties = instruction instanceof PropertyInstruction ? instruction.getProperties() : [];
  return {
    keyword: instruction.getKeyword(),
    text,
    json: jsonOf(text),
    words: instruction.getArguments().map((each) => each.getValue()),
    flags: Object.fromEntries(flags.map((each) => [each.getName(), each.getValue() ?? ''])),
    properties: Object.fromEntries(properties.map((each) => [each.getName(), each.getValue() ?? ''])),
  };
}

/** HEALTHCHECK keeps its command behind the word CMD. */
function jsonOf(text: string): readonly string[] | undefined {
  const list = /^(?:[^[]*\bCMD\s+)?(\[[^]*\])\s*$/.exec(text)?.[1];
  return list === undefined ? undefined : (JSON.parse(list) as string[]);
}

/** Carries out all stages below `folder`, from the files of `context`; returns the last stage's image. */
export function buildImage(stages: readonly Stage[], context: string, folder: string): Image {
  const built = new Map<string, Image>();
  let last: Image | undefined;
  for (const [index, stage] of stages.entries()) {
    last = buildStage(stage, { context, root: join(folder, stage.name || String(index)), built });
    built.set(stage.name, last);
  }
  if (last === undefined) throw new Error('A Dockerfile without stages');
  return last;
}

interface Site {
  readonly context: string;
  readonly root: string;
  readonly built: ReadonlyMap<string, Image>;
}

const EMPTY = {
  workdir: '/',
  user: undefined,
  volumes: [],
  ports: [],
  entrypoint: [],
  command: [],
  healthcheck: [],
} as const;

function buildStage(stage: Stage, site: Site): Image {
  const before = site.built.get(stage.base);
  const root = before?.root ?? site.root;
  mkdirSync(root, { recursive: true });
  let image: Image = before ?? { ...EMPTY, root, environment: { PATH: process.env.PATH ?? '' } };
  for (const step of stage.steps) image = carryOut(step, image, site);
  return image;
}

function carryOut(step: Step, image: Image, site: Site): Image {
  const { json, words } = step;
  switch (step.keyword) {
    case 'WORKDIR': {
      const workdir = posix.resolve(image.workdir, words[0] ?? '');
      mkdirSync(join(image.root, workdir), { recursive: true });
      return { ...image, workdir };
    }
    case 'ENV':
      return { ...image, environment: { ...image.environment, ...placed(step.properties, image) } };
    case 'COPY':
      copy(step, image, site);
      return image;
    case 'RUN':
      execFileSync('/bin/sh', ['-c', step.text], {
        cwd: join(image.root, image.workdir),
        env: { HOME: process.env.HOME, npm_config_prefer_offline: 'true', ...image.environment },
        stdio: ['ignore', 'ignore', 'pipe'],
        maxBuffer: 64e6,
      });
      return image;
    case 'USER':
      return { ...image, user: words[0] };
    case 'VOLUME':
      return { ...image, volumes: [...image.volumes, ...(json ?? words)] };
    case 'EXPOSE':
      return { ...image, ports: [...image.ports, ...words.map(Number)] };
    case 'HEALTHCHECK':
      return { ...image, healthcheck: json ?? [] };
    case 'ENTRYPOINT':
      return { ...image, entrypoint: json ?? ['sh', '-c', step.text], command: [] };
    case 'CMD':
      return { ...image, command: json ?? ['sh', '-c', step.text] };
    default:
      throw new Error(`Not known to this test: ${step.keyword} ${step.text}`);
  }
}

/** Absolute paths lie below the image's folder; `$PATH` is what it was. */
function placed(properties: Readonly<Record<string, string>>, { root, environment }: Image): Record<string, string> {
  const place = (part: string): string =>
    part === '$PATH' ? (environment.PATH ?? '') : part.startsWith('/') ? join(root, part) : part;
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, value.split(':').map(place).join(':')]),
  );
}

function copy({ words, flags }: Step, image: Image, { context, built }: Site): void {
  const sources = words.slice(0, -1);
  const target = words.at(-1) ?? '';
  const into = join(image.root, posix.resolve(image.workdir, target));
  const isFolder = target.endsWith('/') || sources.length > 1;
  const from = flags.from === undefined ? undefined : built.get(flags.from);
  if (flags.from !== undefined && from === undefined) throw new Error(`No stage "${flags.from}" to copy from`);
  for (const source of sources) {
    const path = join(from?.root ?? context, source);
    const place = isFolder ? join(into, basename(source)) : into;
    if (from === undefined) copyOfContext(context, source, lstatSync(path).isDirectory() ? into : place);
    else execFileSync('cp', ['-al', lstatSync(path).isDirectory() ? `${path}/.` : path, ensured(place)]);
  }
}

function ensured(folder: string): string {
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Throws where `.dockerignore` leaves nothing of it, as an engine does. */
function copyOfContext(context: string, source: string, into: string): void {
  const files = contextFiles(context, source);
  if (files.length === 0) throw new Error(`Not in the build's context: ${source}`);
  for (const file of files) {
    const place = file === source ? into : join(into, relative(source, file));
    mkdirSync(dirname(place), { recursive: true });
    cpSync(join(context, file), place);
  }
}

/** Files at or below a path of the context that `.dockerignore` lets through. */
export function contextFiles(context: string, path: string): string[] {
  const full = join(context, path);
  const files = lstatSync(full).isDirectory()
    ? readdirSync(full, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => relative(context, join(entry.parentPath, entry.name)))
    : [path];
  return dockerignore
    .default()
    .add(readFileSync(join(context, '.dockerignore'), 'utf8'))
    .filter(files);
}
