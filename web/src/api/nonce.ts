/**
 * The nonce of this page's content security policy: the only way to add style rules at run time.
 *
 * @module
 */
const found = document.querySelector<HTMLMetaElement>('meta[name="fovea-nonce"]')?.content ?? '';

/** Undefined where the development server serves the page, which has no policy. */
export const nonce: string | undefined = found === '' || found.startsWith('%') ? undefined : found;
