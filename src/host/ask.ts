import {createInterface} from 'node:readline/promises';
import {safeText} from '../text/safe-text.ts';

/** The user's answer to whether to keep something: a string is the reason to keep it. */
export type Answer = 'yes' | 'no' | 'all' | 'quit' | {readonly reason: string};

const answers: Readonly<Record<string, Answer>> = {
  y: 'yes',
  yes: 'yes',
  n: 'no',
  no: 'no',
  a: 'all',
  all: 'all',
  q: 'quit',
  quit: 'quit',
};

/**
 * Asks each of `questions` on stderr, and reads the answers from stdin. When stdin ends, the
 * remaining answers are `quit`.
 */
export async function ask(questions: readonly string[]): Promise<readonly Answer[]> {
  const terminal = createInterface({input: process.stdin, output: process.stderr});
  const lines = terminal[Symbol.asyncIterator]();
  const given: Answer[] = [];
  try {
    for (const question of questions) {
      const last = given.at(-1);
      if (last === 'all' || last === 'quit') given.push(last);
      else given.push(await answerTo(question, lines));
    }
  } finally {
    terminal.close();
  }
  return given;
}

async function answerTo(question: string, lines: AsyncIterator<string>): Promise<Answer> {
  for (;;) {
    process.stderr.write(
      `${question}\nKeep it? y (yes), n (no), a (yes to all from here), q (stop here), or say why to keep it: `,
    );
    const {done, value} = await lines.next();
    if (done === true) {
      process.stderr.write('\n');
      return 'quit';
    }
    const text = value.trim();
    const word = text.toLowerCase();
    if (Object.hasOwn(answers, word)) return answers[word] as Answer;
    if (text.length > 1) return {reason: text};
    const problem = text === '' ? 'the answer is empty' : `"${text}" is no answer`;
    process.stderr.write(`${safeText(problem)}: type y, n, a, q or a reason\n`);
  }
}
