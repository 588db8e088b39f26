/**
 * Loads a user's own extractor: a file by its path, or an npm package by its name. Its default export is what
 * `defineExtractor` returns, a plain definition, or a list of them.
 *
 * The file is a program: it runs with all rights of the process that loads it.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { extname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { defineExtractor, isDefined } from './define.ts';
import { asError, ExtractorDefinitionError } from './errors.ts';
import { isPackageName, resolvePackage } from './resolve-package.ts';
import type { Extractor, ExtractorDefinition } from './types.ts';

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts']);

/**
 * Loads the extractors of a module.
 *
 * @param specifier A path (absolute, `./…`, `../…`, `file:…`, or whatever exists in `folder`), else a package's name.
 * @param folder Where relative paths and packages are looked for.
 * @returns One or more, defined and frozen.
 * @throws ExtractorDefinitionError that names the specifier and says what is missing.
 */
export async function loadModule(specifier: string, folder: string = process.cwd()): Promise<Extractor[]> {
  const file = locate(specifier, folder);
  offerKit();
  const exported = defaultExport(await importFile(specifier, file));
  if (exported === undefined) {
    throw new ExtractorDefinitionError(
      specifier,
      `${file} has no default export; it should end in: export default defineExtractor({ … })`,
    );
  }
  const entries: unknown[] = Array.isArray(exported) ? exported : [exported];
  if (entries.length === 0) throw new ExtractorDefinitionError(specifier, 'its default export is an empty list');
  return entries.map((entry) => toExtractor(specifier, entry));
}

function locate(specifier: string, folder: string): string {
  const path = specifier.startsWith('file:') ? fileURLToPath(specifier) : resolve(folder, specifier);
  if (existsSync(path)) return path;
  const isPath = isAbsolute(specifier) || /^(\.{1,2}[\\/]|file:)/.test(specifier);
  if (isPath || !isPackageName(specifier)) {
    throw new ExtractorDefinitionError(specifier, `there is no file ${path}`);
  }
  const found = resolvePackage(specifier, folder);
  if (found === undefined) {
    throw new ExtractorDefinitionError(
      specifier,
      `there is neither such a file nor such a package in ${folder}; "npm install ${specifier}" there may help`,
    );
  }
  return found;
}

async function importFile(specifier: string, file: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (thrown) {
    const error = asError(thrown);
    if (error instanceof ExtractorDefinitionError) throw error;
    const code = 'code' in error ? error.code : undefined;
    const reason =
      TYPESCRIPT.has(extname(file)) && code === 'ERR_UNKNOWN_FILE_EXTENSION'
        ? `Node ${process.version} does not read TypeScript; compile it to JavaScript, or use Node 22.18 or later`
        : `${file} can't be loaded: ${error.message}`;
    throw new ExtractorDefinitionError(specifier, reason, { cause: error });
  }
}

/** The default export; of a CommonJS module compiled from ES modules, the one inside it. */
function defaultExport(module: unknown): unknown {
  const outer = property(module, 'default');
  return property(outer, '__esModule') === true ? property(outer, 'default') : outer;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

function toExtractor(specifier: string, entry: unknown): Extractor {
  if (isDefined(entry)) return entry;
  if (typeof entry !== 'object' || entry === null) {
    throw new ExtractorDefinitionError(specifier, `its default export is a ${typeof entry}, not an extractor`);
  }
  return defineExtractor(entry as ExtractorDefinition);
}

let kitOffered = false;

/**
 * Lets a file outside of any project import `fovea/extractor` (Fovea may be installed globally): where Node finds
 * nothing by that name, it gets the kit of the running Fovea.
 */
function offerKit(): void {
  const kit = new URL('./index.js', import.meta.url);
  if (kitOffered || !existsSync(kit)) return;
  kitOffered = true;
  const source = `
    let kit;
    export function initialize(data) { kit = data.kit; }
    export async function resolve(specifier, context, next) {
      try { return await next(specifier, context); } catch (error) {
        if (specifier !== 'fovea/extractor') throw error;
        return { url: kit, shortCircuit: true };
      }
    }`;
  nodeModule.register(`data:text/javascript,${encodeURIComponent(source)}`, { data: { kit: kit.href } });
}
