/**
 * Query strings against a route's schema. A list takes its parameter any number of times, everything else once.
 *
 * @module
 */
import { z } from 'zod';
import { parseInput } from '../contract/index.ts';

const NO_PARAMETERS: z.ZodObject = z.strictObject({});

/** @throws InvalidInputError with every parameter that is unknown, missing or wrong. */
export function readQuery(schema: z.ZodObject | undefined, parameters: URLSearchParams): Record<string, unknown> {
  const expected = schema ?? NO_PARAMETERS;
  const values: Record<string, unknown> = {};
  for (const name of new Set(parameters.keys())) {
    const given = parameters.getAll(name);
    values[name] = isList(expected.shape[name]) || given.length > 1 ? given : given[0];
  }
  return parseInput(expected, values, 'read the query of the address');
}

/** Whether a parameter may be given several times. */
export function isList(schema: unknown): boolean {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) return isList(schema.unwrap());
  return schema instanceof z.ZodArray;
}
