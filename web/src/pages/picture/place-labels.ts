/**
 * Where the label of each box goes: outside the box where there is room, so that it covers nothing of what it names, and
 * beside what was placed before. All in CSS pixels of the picture as it is shown.
 *
 * @module
 */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Labelled extends Rectangle {
  readonly key: string;
  /** Size of its label. */
  readonly labelWidth: number;
  readonly labelHeight: number;
}

/** Between a box and its label. */
const GAP = 2;
/** Order of the places where nothing else tells them apart; CSS pixels² of overlap that each is worth. */
const PREFERENCE = [0, 4, 8, 12, 60, 64] as const;
/** Of a label in the upper half of its own box, where faces are. */
const UPPER_HALF_COST = 200;
/** Another label under a label can't be read; a part of another box can. */
const LABEL_COST = 4;
const OWN_BOX_COST = 1;
const OTHER_BOX_COST = 0.5;

/**
 * A place for every label, within the picture. The smallest boxes choose first, since they have the fewest places.
 *
 * @param picture The part of the plane that labels may use.
 */
export function placeLabels(boxes: readonly Labelled[], picture: Rectangle): Map<string, Rectangle> {
  const placed = new Map<string, Rectangle>();
  for (const box of boxes.toSorted((a, b) => a.width * a.height - b.width * b.height)) {
    const costs = candidates(box).map((candidate, index) => {
      const place = within(candidate, picture);
      const labels = sum([...placed.values()].map((other) => overlap(place, other)));
      const others = sum(boxes.filter(({ key }) => key !== box.key).map((other) => overlap(place, other)));
      const cost = LABEL_COST * labels + OWN_BOX_COST * overlap(place, box) + OTHER_BOX_COST * others;
      const faces = isInUpperHalf(place, box) ? UPPER_HALF_COST : 0;
      return { place, cost: cost + faces + (PREFERENCE[index] ?? 0) };
    });
    const best = costs.reduce((a, b) => (b.cost < a.cost ? b : a));
    placed.set(box.key, best.place);
  }
  return placed;
}

/** Above, below, right, left; then inside, at the bottom and at the top. */
function candidates({ x, y, width, height, labelWidth, labelHeight }: Labelled): Rectangle[] {
  const size = { width: labelWidth, height: labelHeight };
  return [
    { x, y: y - labelHeight - GAP, ...size },
    { x, y: y + height + GAP, ...size },
    { x: x + width + GAP, y, ...size },
    { x: x - labelWidth - GAP, y, ...size },
    { x: x + GAP, y: y + height - labelHeight - GAP, ...size },
    { x: x + GAP, y: y + GAP, ...size },
  ];
}

function within(place: Rectangle, picture: Rectangle): Rectangle {
  const x = Math.max(picture.x, Math.min(place.x, picture.x + picture.width - place.width));
  const y = Math.max(picture.y, Math.min(place.y, picture.y + picture.height - place.height));
  return { ...place, x, y };
}

function isInUpperHalf(place: Rectangle, box: Rectangle): boolean {
  return overlap(place, { ...box, height: box.height / 2 }) > 0;
}

/** Area that two have in common. */
function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
