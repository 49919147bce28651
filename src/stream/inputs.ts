import type {KnownRelease} from '../kubernetes/stable-names.ts';
import {LineIndex} from './lines.ts';

/** A text with documents of a stream. */
export interface StreamInput {
  readonly text: string;
  /** The name of the input in findings and errors. */
  readonly file: string;
  /** The index of its first document in the stream, from 0. */
  readonly first: number;
  /** Present if it was rendered for us: its lines are in no file. */
  readonly isRendering?: true;
  /** The release that it is, if the user has named it. */
  readonly release?: KnownRelease;
  /** Present if its objects were read from a cluster: it has no text. */
  readonly isLive?: true;
}

/** Finds the text of each document of a stream, and its lines. */
export class Inputs {
  readonly #inputs: readonly StreamInput[];
  readonly #lines = new Map<StreamInput, LineIndex>();

  constructor(inputs: readonly StreamInput[]) {
    this.#inputs = inputs;
  }

  /** The text of the document at index `place`: the last text that begins at or before it. */
  of(place: number): StreamInput {
    let low = 0;
    let high = this.#inputs.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#inputs[middle] as StreamInput).first <= place) low = middle;
      else high = middle;
    }
    return this.#inputs[low] as StreamInput;
  }

  linesOf(input: StreamInput): LineIndex {
    const lines = this.#lines.get(input) ?? new LineIndex(input.text);
    this.#lines.set(input, lines);
    return lines;
  }
}
