/**
 * What every command gets and shares: options that all have, the environment with these applied, and a way to a client.
 *
 * @module
 */
import { Command, InvalidArgumentError } from 'commander';
import type { FoveaClient } from '../client/index.ts';
import type { Labels } from '../contract/index.ts';
import { DEFAULT_NAMESPACE, InvalidInputError } from '../contract/index.ts';
import { readEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { withClient } from './session.ts';

/** A command that was given what can't be: ends with 2, as what the parser of the command line refuses does. */
export class WrongUseError extends InvalidInputError {}

/** Options of every command. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly namespace: string;
  readonly home?: string;
  readonly server?: string;
}

/** A command with the common options and an example in its help. */
export function command(name: string, summary: string, example: string): Command {
  return wholeServerCommand(name, summary, example).option('-n, --namespace <name>', 'namespace', DEFAULT_NAMESPACE);
}

/** The same without a namespace: a command for the whole server. */
export function wholeServerCommand(name: string, summary: string, example: string): Command {
  return localCommand(name, summary, example).option('--server <url>', 'server to talk to instead of the local one');
}

/** A command that does its work here and asks no server. */
export function localCommand(name: string, summary: string, example: string): Command {
  return new Command(name)
    .description(summary)
    .option('--json', 'print JSON')
    .option('--home <folder>', 'home folder instead of FOVEA_HOME')
    .addHelpText('after', `\nExample:\n  $ ${example}`);
}

/** The environment with a command's options applied. */
export function environmentOf(options: Pick<CommonOptions, 'home' | 'server'>): Environment {
  const environment = readEnvironment(process.env);
  return {
    ...environment,
    ...(options.server === undefined ? {} : { server: options.server }),
    ...(options.home === undefined ? {} : { engine: { ...environment.engine, home: options.home } }),
  };
}

/** Runs `work` with a client for the command's namespace. `reading` commands start no workers of their own. */
export function run<T>(
  options: Pick<CommonOptions, 'home' | 'server'> & { readonly namespace?: string },
  reading: boolean,
  work: (client: FoveaClient) => Promise<T>,
): Promise<T> {
  return withClient(environmentOf(options), { namespace: options.namespace ?? DEFAULT_NAMESPACE, reading }, work);
}

/** Parser of a repeatable `key=value` option; numbers and booleans keep their type. */
export function labelOption(text: string, before: Labels = {}): Labels {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write key=value.');
  return { ...before, [text.slice(0, at)]: labelValue(text.slice(at + 1)) };
}

function labelValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** Parser of a whole number in a range. */
export function integerOption(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Collects a repeatable option. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
