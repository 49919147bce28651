/**
 * Makes V8 optimize later where its defaults, by the first number of its version, would take more CPU time than they save,
 * even for a thousand documents. The flags are of V8 in Node 20 and 22: newer versions gain nothing.
 */
const flags: Readonly<Record<string, string>> = {
  11: '--interrupt-budget=500000',
  12: '--invocation-count-for-turbofan=20000',
};

/** Below this size, an input is dealt with before V8 would optimize much, and loading node:v8 takes longer. */
const smallBytes = 20_000;

/** To be called once the size of the input is known. */
export function optimizeLater(bytes: number = Number.POSITIVE_INFINITY): void {
  const {v8 = '', bun} = process.versions;
  const flag = flags[v8.slice(0, v8.indexOf('.'))];
  if (flag === undefined || bun !== undefined || bytes < smallBytes) return;
  process.getBuiltinModule('node:v8').setFlagsFromString(flag);
}
