import fc from 'fast-check';

/** A document's node, with how it is to be written. */
export type Shape = Leaf | Mapping | Sequence;

interface Style {
  readonly isFlow: boolean;
  readonly hasAnchor: boolean;
  readonly hasComment: boolean;
  /** Whether a comment has the line above it. */
  readonly hasNote: boolean;
  /** How many columns the node is indented below its key. */
  readonly step: number;
}

interface Leaf {
  readonly kind: 'leaf';
  readonly style: Style;
  /** The spelling of the scalar. */
  readonly text: string;
  /** Which of the anchors so far it refers to, if there are any. */
  readonly alias: number | undefined;
}

interface Mapping {
  readonly kind: 'mapping';
  readonly style: Style;
  readonly pairs: readonly {readonly key: string; readonly value: Shape}[];
}

interface Sequence {
  readonly kind: 'sequence';
  readonly style: Style;
  readonly items: readonly Shape[];
}

const spellings = [
  ...['1', 'a', 'yes', '~', '', '0o17', '8_080', '1:20', '"a # b"', "'it''s'", 'a b', '!!str 1'],
  ...['|\n^x\n^y', '>-\n^x\n\n^y', 'a\n^b', '"a\n^b"', '[]', '{}', '!!int "1"'],
];

const keys = ['a', 'b', 'c', '"d"', "'e f'", 'yes', '8', '? g\n', '!!str h', '"---"'];

const style = fc.record<Style>({
  isFlow: fc.nat(3).map(draw => draw === 3),
  hasAnchor: fc.nat(7).map(draw => draw === 7),
  hasComment: fc.nat(3).map(draw => draw === 3),
  hasNote: fc.nat(7).map(draw => draw === 7),
  step: fc.constantFrom(2, 0, 1, 4),
});

const {mapping} = fc.letrec<{
  shape: Shape;
  mapping: Mapping;
  sequence: Sequence;
  leaf: Leaf;
}>(tie => ({
  shape: fc.oneof(
    {depthSize: 'small', withCrossShrink: true},
    tie('leaf'),
    tie('mapping'),
    tie('sequence'),
  ),
  leaf: fc.record({
    kind: fc.constant('leaf' as const),
    style,
    text: fc.constantFrom(...spellings),
    alias: fc.option(fc.nat(5), {nil: undefined, freq: 5}),
  }),
  mapping: fc.record({
    kind: fc.constant('mapping' as const),
    style,
    pairs: fc.array(fc.record({key: fc.constantFrom(...keys), value: tie('shape')}), {
      minLength: 1,
      maxLength: 5,
    }),
  }),
  sequence: fc.record({
    kind: fc.constant('sequence' as const),
    style,
    items: fc.array(tie('shape'), {minLength: 1, maxLength: 4}),
  }),
}));

/** A mapping written as text: in block and flow style, with comments, anchors, odd indentation, CRLF. */
export const documents: fc.Arbitrary<string> = fc
  .record({
    mapping,
    column: fc.constantFrom(0, 0, 0, 2),
    isJson: fc.nat(7).map(draw => draw === 7),
    lineBreak: fc.constantFrom('\n', '\n', '\n', '\r\n', '\r', '\u2028'),
    tail: fc.constantFrom('', '', '# tail\n', '...\n', '\n'),
    isOpen: fc.nat(5).map(draw => draw === 5),
  })
  .map(({mapping, column, isJson, lineBreak, tail, isOpen}) => {
    const printer = new Printer();
    const body = isJson
      ? `${printer.flow(mapping, ' '.repeat(column + 1))}\n`
      : printer.pairs(mapping, ' '.repeat(column));
    const text = ' '.repeat(column) + body + tail;
    return (isOpen ? text.trimEnd() : text).replaceAll('\n', lineBreak);
  });

class Printer {
  #notes = 0;
  #anchors = 0;
  /** The anchors of the nodes that are written, and of those that are mappings. */
  readonly #written: string[] = [];
  readonly #mappings: string[] = [];

  /** The pairs of a block mapping, of which the first line is not indented. */
  pairs({pairs}: Mapping, indent: string): string {
    const lines = pairs.map(({key, value}) => {
      const note = value.style.hasNote ? `${this.#note().trim()}\n${indent}` : '';
      const merged = this.#merged(value);
      if (merged !== undefined) return `${note}<<: *${merged}\n`;
      const name = key.startsWith('? ') ? key + indent : key;
      return `${note}${name}:${this.#value(value, indent, true)}`;
    });
    return lines.join(indent);
  }

  /** What follows a colon or a dash, with the end of its line. */
  #value(shape: Shape, indent: string, isPair: boolean): string {
    const {isFlow, hasComment, hasNote, step} = shape.style;
    if (shape.kind === 'leaf' || isFlow) return this.#inline(shape, indent);
    const anchor = this.#anchor(shape);
    const columns = shape.kind === 'sequence' && isPair ? step : Math.max(step, 1);
    const isCompact = !isPair && anchor === undefined && !hasComment && !hasNote;
    const inner = indent + ' '.repeat(isCompact ? columns + 1 : columns);
    const lead = isCompact
      ? ' '.repeat(columns)
      : `${anchor ? ` &${anchor}` : ''}${hasComment ? this.#note() : ''}\n${inner}`;
    const body =
      shape.kind === 'mapping'
        ? this.pairs(shape, inner)
        : shape.items.map(item => `-${this.#value(item, inner, false)}`).join(inner);
    return lead + this.#close(shape, anchor, body);
  }

  #inline(shape: Shape, indent: string): string {
    const note = shape.style.hasComment ? this.#note() : '';
    const isText = shape.kind === 'leaf' && this.#aliasOf(shape) === undefined;
    const text = isText
      ? this.#leaf(shape, `${indent}  `, shape.text)
      : this.flow(shape, `${indent}  `);
    const block = /^(?:&\w+ )?[|>]-?(?=\n)/.exec(text)?.[0];
    const noted = block === undefined ? text + note : block + note + text.slice(block.length);
    return `${text === '' ? '' : ' '}${noted}\n`;
  }

  /** A node within a line, or over lines that begin with `indent`. */
  flow(shape: Shape, indent: string): string {
    if (shape.kind === 'leaf')
      return this.#leaf(shape, indent, shape.text.replace(/^[|>].*/s, 'x'));
    const anchor = this.#anchor(shape);
    const breaks = shape.style.step > 2 ? `\n${indent}` : '';
    const inner = `${indent} `;
    const entries =
      shape.kind === 'sequence'
        ? shape.items.map(item => this.flow(item, inner))
        : shape.pairs.map(({key, value}) => this.#flowPair(key.trimEnd(), value, inner));
    const [open, close] = shape.kind === 'sequence' ? '[]' : '{}';
    const body = `${open}${breaks}${entries.join(`,${breaks || ' '}`)}${breaks}${close}`;
    return `${anchor ? `&${anchor} ` : ''}${this.#close(shape, anchor, body)}`;
  }

  #flowPair(key: string, value: Shape, indent: string): string {
    const merged = this.#merged(value);
    if (merged !== undefined) return `<<: *${merged}`;
    return `${key}: ${this.flow(value, indent)}`;
  }

  #leaf(leaf: Leaf, indent: string, spelling: string): string {
    const alias = this.#aliasOf(leaf);
    if (alias !== undefined) return `*${alias}`;
    const anchor = this.#anchor(leaf);
    const text = spelling.replaceAll('^', indent);
    return `${anchor ? `&${anchor} ` : ''}${this.#close(leaf, anchor, text)}`.trimEnd();
  }

  #aliasOf({alias}: Leaf): string | undefined {
    return alias === undefined ? undefined : this.#written[alias];
  }

  /** Of aliases that are values, some merge a mapping instead. */
  #merged(value: Shape): string | undefined {
    if (value.kind !== 'leaf' || value.alias === undefined || value.alias < 3) return undefined;
    return this.#mappings[value.alias - 3];
  }

  #anchor({style}: Shape): string | undefined {
    return style.hasAnchor ? `n${this.#anchors++}` : undefined;
  }

  /** Notes that a node is written, which can then be named. */
  #close(shape: Shape, anchor: string | undefined, body: string): string {
    if (anchor !== undefined) {
      this.#written.push(anchor);
      if (shape.kind === 'mapping') this.#mappings.push(anchor);
    }
    return body;
  }

  #note(): string {
    return ` # note ${this.#notes++}`;
  }
}
