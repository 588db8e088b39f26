/**
 * Programs of the documentation and the examples, as a user of the package would run them.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './library.ts';

/** Compiles a program to a place below the project, where `fovea` is this package; returns its path. */
export function compiledProgram(name: string, source: string): string {
  const folder = join(root, '.cache', 'examples');
  mkdirSync(folder, { recursive: true });
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const file = join(folder, `${name}.js`);
  writeFileSync(file, outputText);
  return file;
}
