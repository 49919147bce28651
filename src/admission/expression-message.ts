import type {ExpressionError} from '../cel/compile.ts';

const longestShown = 60;

/** Why an expression of `holder` is refused, with the text at fault. */
export function expressionMessage(
  holder: string,
  expression: string,
  {message, offset}: ExpressionError,
): string {
  const [rest = ''] = expression.slice(offset).split('\n');
  const shown = rest.length > longestShown ? `${rest.slice(0, longestShown)}…` : rest;
  const place = shown === '' ? '' : ` at \`${shown}\``;
  return `the expression of ${holder} is refused${place}: ${message}`;
}
