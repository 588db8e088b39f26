/**
 * Which picture somebody came back from, so that the grid can put the focus where it was.
 *
 * @module
 */
let left: readonly string[] = [];

/** @param contentIds The picture that was looked at last, then the one that was opened. */
export function leavePicture(...contentIds: readonly string[]): void {
  left = contentIds;
}

/** Tells it once. */
export function takeLeftPicture(): readonly string[] {
  const taken = left;
  left = [];
  return taken;
}
