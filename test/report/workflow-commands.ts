/** A command to the runner of GitHub Actions. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/**
 * The commands in a log as the runner reads them: `TryParseV2` in src/Runner.Common/ActionCommand.cs
 * of actions/runner, for each line.
 */
export const commandsIn = (log: string): readonly WorkflowCommand[] =>
  log.split(/\r\n|\r|\n/).flatMap(line => parsed(line) ?? []);

function parsed(line: string): WorkflowCommand | undefined {
  const message = line.trimStart();
  const end = message.indexOf('::', 2);
  if (!message.startsWith('::') || end < 0) return undefined;
  const info = message.slice(2, end);
  const space = info.indexOf(' ');
  const pairs =
    space < 0
      ? []
      : info
          .slice(space + 1)
          .trim()
          .split(',');
  return {
    name: space < 0 ? info : info.slice(0, space),
    properties: Object.fromEntries(
      pairs.map(pair => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), unescapedProperty(pair.slice(at + 1))];
      }),
    ),
    data: unescapedData(message.slice(end + 2)),
  };
}

const unescapedData = (text: string): string =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');

const unescapedProperty = (text: string): string =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
