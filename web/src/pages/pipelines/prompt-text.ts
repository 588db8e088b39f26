/**
 * The prompt of a policy, in the text of its graph.
 *
 * @module
 */

/** The policy's prompt, where its extractor takes one. */
export function promptOf(params: Readonly<Record<string, unknown>>): string | undefined {
  return typeof params.prompt === 'string' ? params.prompt : undefined;
}

/** A graph's YAML, as the server writes it, with another prompt for one of its policies. */
export async function withPrompt(graph: string, policy: string, prompt: string): Promise<string> {
  // Only who changes a prompt pays for the parser.
  const { isMap, isSeq, parseDocument } = await import('yaml');
  const document = parseDocument(graph);
  const policies = document.get('extraction_policies');
  const place = isSeq(policies) ? policies.items.findIndex((each) => isMap(each) && each.get('name') === policy) : -1;
  if (place < 0) throw new Error(`Cannot change the prompt of "${policy}": its graph has no such policy any more`);
  document.setIn(['extraction_policies', place, 'input_params', 'prompt'], prompt);
  return document.toString({ lineWidth: 0 });
}
