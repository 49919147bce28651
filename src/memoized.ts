/** `read`, which is asked once for each key, and whose answers live as long as the keys. */
export function memoized<Key extends object, Answer>(
  read: (key: Key) => Answer,
): (key: Key) => Answer {
  const answers = new WeakMap<Key, {readonly answer: Answer}>();
  return key => {
    let known = answers.get(key);
    if (known === undefined) {
      known = {answer: read(key)};
      answers.set(key, known);
    }
    return known.answer;
  };
}
