/** Text inside an SVG: marks escaped; what XML can't hold (control characters, halves of surrogate pairs) as U+FFFD. */
export function svgText(text: string): string {
  return text
    .replaceAll(/\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/gu, '\uFFFD')
    .replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
