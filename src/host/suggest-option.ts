/** The arguments, with an empty value for a `--suggest-values` that has none: it may stand before a target. */
export function suggestionsIn(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  const isOption = (index: number) => end === -1 || index < end;
  return args.map((arg, index) =>
    arg === '--suggest-values' && isOption(index) ? `${arg}=` : arg,
  );
}
