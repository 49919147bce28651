/** A whole number with commas between groups of three digits, without `Intl`, which takes long to load. */
export const grouped = (number: number): string =>
  String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');
