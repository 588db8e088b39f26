/**
 * Numbers along the axes of a drawing.
 *
 * @module
 */
const short = new Intl.NumberFormat(navigator.language, { notation: 'compact', maximumSignificantDigits: 4 });

/** `1,204`, `12.3K`, `0.3125` */
export const formatValue = (value: number): string => short.format(value);
