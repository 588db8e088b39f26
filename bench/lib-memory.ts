/**
 * The memory of a tree of processes on Linux: proportional set size, which counts what processes share once.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';

/** Megabytes by process, and of all together. */
export interface MemorySample {
  readonly total: number;
  readonly byProcess: ReadonlyMap<string, number>;
}

/** Samples a process and everything below it; processes that do the same are added. */
export function sampleMemory(root: number): MemorySample {
  const byProcess = new Map<string, number>();
  let total = 0;
  for (const pid of treeOf(root)) {
    const megabytes = proportionalSize(pid);
    total += megabytes;
    const name = nameOf(pid);
    byProcess.set(name, (byProcess.get(name) ?? 0) + megabytes);
  }
  return { total, byProcess };
}

function treeOf(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = readOf(`/proc/${entry}/stat`);
    // The name, in parentheses, may hold anything.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function proportionalSize(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? '0';
  return Number(kilobytes) / 1024;
}

/** `worker-main.js`, `main.js server`: what a process runs. */
function nameOf(pid: number): string {
  const [, ...words] = readOf(`/proc/${pid}/cmdline`).split('\0').filter(Boolean);
  return (
    words
      .find((word) => /\.[cm]?js$/.test(word))
      ?.split('/')
      .at(-1) ??
    words[0] ??
    `process ${pid}`
  );
}

/** Empty where the process has ended meanwhile. */
function readOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
