/** Placeholder of the first commit. */
export function notYet(name: string): never { throw new Error(`store: ${name}() is not written yet`); }
