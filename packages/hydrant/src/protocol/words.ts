/**
 * The items of a space-separated parameter (RFC 6749 §3.3): split at the space character alone, empty items dropped.
 * A tab is part of an item, as it is for Hydra.
 */
export function splitWords(text: string | undefined): string[] {
  return (text ?? '').split(' ').filter((word) => word !== '');
}
