/**
 * Scripts that people call import this first: what is wrong with their call or their checkout is told in
 * a line, with exit code 1. Of every other failure, which is a fault of a script, Node's stack trace is shown.
 */
import {ExecaError} from 'execa';

process.on('uncaughtException', error => {
  process.exitCode = 1;
  process.stderr.write(`${isTold(error) ? `error: ${error.message}` : error.stack}\n`);
});

/** Scripts throw plain errors, and programs fail with what they say; parseArgs refuses options with a code of its own. */
const isTold = (error: Error & {readonly code?: unknown}): boolean =>
  error.constructor === Error ||
  error instanceof ExecaError ||
  String(error.code).startsWith('ERR_PARSE_ARGS');
