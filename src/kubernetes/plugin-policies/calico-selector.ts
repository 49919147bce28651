import {all, type LabelTest, not, ofLabel, ofPresence} from '../known-labels.ts';

/** What a Calico selector selects. */
export interface CalicoSelector {
  readonly test: LabelTest;
  /** `matchExpressions` that everything it selects meets, used to find candidates. */
  readonly demands: readonly Demand[];
}

interface Demand {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values: readonly string[];
}

/** The opposite of each operator. */
const opposite = ({operator, ...demand}: Demand): Demand => ({
  ...demand,
  operator: opposites[operator],
});

const opposites = {
  In: 'NotIn',
  NotIn: 'In',
  Exists: 'DoesNotExist',
  DoesNotExist: 'Exists',
} as const;

const token = /\s*(?:(&&|\|\||==|!=|[!(){},])|"([^"]*)"|'([^']*)'|([\w./-]+))/y;
const deepest = 50;

/**
 * Parses a Calico selector: "Selectors" in
 * https://docs.tigera.io/calico/latest/reference/resources/networkpolicy. An empty one selects
 * everything. Undefined if it is invalid.
 */
export function parseCalicoSelector(text: string): CalicoSelector | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  if (tokens.length === 0) return everything;
  const parser = new Parser(tokens);
  const found = parser.either(0);
  return parser.isAtEnd ? found : undefined;
}

const everything: CalicoSelector = {test: () => true, demands: []};

interface Token {
  readonly kind: 'sign' | 'text' | 'word';
  readonly text: string;
}

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const match = token.exec(text);
    if (match === null) return undefined;
    const [, sign, double, single, word] = match;
    if (sign !== undefined) tokens.push({kind: 'sign', text: sign});
    else if (word !== undefined) tokens.push({kind: 'word', text: word});
    else tokens.push({kind: 'text', text: double ?? single ?? ''});
  }
  return tokens;
}

/** Each method continues where the previous one ended, and returns undefined if nothing matches. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(depth: number): CalicoSelector | undefined {
    const parts = this.#list('||', () => this.#both(depth));
    if (parts === undefined || parts.length === 1) return parts?.[0];
    const none: LabelTest = labels => all(parts.map(({test}) => not(test(labels))));
    return {test: labels => not(none(labels)), demands: []};
  }

  #both(depth: number): CalicoSelector | undefined {
    const parts = this.#list('&&', () => this.#one(depth));
    if (parts === undefined || parts.length === 1) return parts?.[0];
    return {
      test: labels => all(parts.map(({test}) => test(labels))),
      demands: parts.flatMap(({demands}) => demands),
    };
  }

  #list(
    sign: string,
    read: () => CalicoSelector | undefined,
  ): readonly CalicoSelector[] | undefined {
    const parts: CalicoSelector[] = [];
    do {
      const part = read();
      if (part === undefined) return undefined;
      parts.push(part);
    } while (this.#takes(sign));
    return parts;
  }

  #one(depth: number): CalicoSelector | undefined {
    if (depth > deepest) return undefined;
    if (this.#takes('!')) {
      const isOfOneLabel = this.#tokens[this.#at]?.kind === 'word';
      const inner = this.#one(depth + 1);
      const demands = isOfOneLabel ? (inner?.demands.map(opposite) ?? []) : [];
      return inner && {test: labels => not(inner.test(labels)), demands};
    }
    if (this.#takes('(')) {
      const inner = this.either(depth + 1);
      return this.#takes(')') ? inner : undefined;
    }
    const word = this.#next('word');
    if (word === undefined) return undefined;
    return this.#takes('(') ? this.#call(word) : this.#comparison(word);
  }

  #call(name: string): CalicoSelector | undefined {
    if (name === 'has') {
      const key = this.#next('word');
      if (key === undefined || !this.#takes(')')) return undefined;
      const demands = [{key, operator: 'Exists', values: []} as const];
      return {test: ofPresence(key), demands};
    }
    if (!this.#takes(')')) return undefined;
    if (name === 'all') return everything;
    // Matches only objects without a namespace, so no pods.
    return name === 'global' ? {test: () => false, demands: []} : undefined;
  }

  #comparison(key: string): CalicoSelector | undefined {
    if (this.#takes('==')) return this.#among(key, 'In', this.#oneText());
    if (this.#takes('!=')) return this.#among(key, 'NotIn', this.#oneText());
    if (this.#takes('in')) return this.#among(key, 'In', this.#texts());
    if (this.#takes('not')) {
      return this.#takes('in') ? this.#among(key, 'NotIn', this.#texts()) : undefined;
    }
    if (this.#takes('contains')) return this.#compared(key, (value, text) => value.includes(text));
    if (this.#takes('starts')) {
      return this.#takes('with')
        ? this.#compared(key, (value, text) => value.startsWith(text))
        : undefined;
    }
    if (!this.#takes('ends') || !this.#takes('with')) return undefined;
    return this.#compared(key, (value, text) => value.endsWith(text));
  }

  #among(
    key: string,
    operator: 'In' | 'NotIn',
    values: readonly string[] | undefined,
  ): CalicoSelector | undefined {
    if (values === undefined) return undefined;
    const texts = new Set(values);
    const test = (value: string | null) =>
      (value !== null && texts.has(value)) === (operator === 'In');
    return {test: ofLabel(key, test), demands: [{key, operator, values}]};
  }

  #compared(
    key: string,
    test: (value: string, text: string) => boolean,
  ): CalicoSelector | undefined {
    const text = this.#next('text');
    if (text === undefined) return undefined;
    return {test: ofLabel(key, value => value !== null && test(value, text)), demands: []};
  }

  #oneText(): readonly string[] | undefined {
    const text = this.#next('text');
    return text === undefined ? undefined : [text];
  }

  #texts(): readonly string[] | undefined {
    const texts: string[] = [];
    if (!this.#takes('{')) return undefined;
    while (!this.#takes('}')) {
      const text = this.#next('text');
      if (text === undefined) return undefined;
      texts.push(text);
      this.#takes(',');
    }
    return texts;
  }

  /** Consumes the next token if it is that sign or word. */
  #takes(text: string): boolean {
    const next = this.#tokens[this.#at];
    if (next === undefined || next.kind === 'text' || next.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #next(kind: Token['kind']): string | undefined {
    const next = this.#tokens[this.#at];
    if (next?.kind !== kind) return undefined;
    this.#at += 1;
    return next.text;
  }
}
