/**
 * Finds the module of an npm package as an `import` from a given folder would, which Node 20 offers only for the
 * importing file itself.
 *
 * Node's documentation, "Modules: Packages", "Resolution Algorithm Specification".
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Conditions that an `import` in Node matches. */
const CONDITIONS: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'default']);

const PACKAGE = /^(@[^/]+\/[^/]+|[^@./][^/]*)(\/.+)?$/;

/** True for what can be a package's name, with or without a path into it: `pack`, `@me/pack`, `@me/pack/extractor`. */
export function isPackageName(specifier: string): boolean {
  return PACKAGE.test(specifier);
}

/**
 * Absolute path of the module that `import specifier` loads in a file of `folder`; undefined where there is none.
 *
 * @param specifier A package's name, with or without a path into it.
 */
export function resolvePackage(specifier: string, folder: string): string | undefined {
  const [, name, path = ''] = PACKAGE.exec(specifier) ?? [];
  if (name === undefined) return undefined;
  const root = packageFolder(name, folder);
  if (root === undefined) return undefined;
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const target = exportTarget(isRecord(manifest) ? manifest['exports'] : undefined, `.${path}`);
  if (target !== undefined) return join(root, target);
  try {
    return createRequire(join(folder, 'noop.js')).resolve(specifier);
  } catch {
    return undefined;
  }
}

function packageFolder(name: string, folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(at) === at) return undefined;
  }
}

/** The file that `exports` names for a subpath (`.`, `./x`); patterns with `*` are left to Node. */
function exportTarget(exported: unknown, subpath: string): string | undefined {
  if (isRecord(exported) && Object.keys(exported).some((key) => key.startsWith('.'))) {
    return conditionTarget(exported[subpath]);
  }
  return subpath === '.' ? conditionTarget(exported) : undefined;
}

function conditionTarget(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (Array.isArray(target)) return target.map(conditionTarget).find((each) => each !== undefined);
  if (!isRecord(target)) return undefined;
  for (const [condition, inner] of Object.entries(target)) {
    const found = CONDITIONS.has(condition) ? conditionTarget(inner) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
