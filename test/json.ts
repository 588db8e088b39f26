/**
 * JSON replies in tests.
 *
 * @module
 */

/** The object that a reply holds. */
export async function objectOf(response: Response): Promise<Record<string, unknown>> {
  return Object(await response.json());
}
