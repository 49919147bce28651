import {asList, asMap, asString} from '../json.ts';
import {imageOf} from '../kubernetes/image.ts';
import type {Container} from '../kubernetes/pod-spec.ts';
import type {Rule} from './rule.ts';

/** Options of git-sync that run what they name, as its manual describes them. */
const runningOptions = [
  'askpass-url',
  'exechook-command',
  'git',
  'sync-hook-command',
  'webhook-url',
];

/** Options of git itself that run what they name: `git help config`. */
const runningConfig =
  /\b(?:core\.(?:sshCommand|fsmonitor|gitProxy|hooksPath|editor|pager)|credential\.helper|diff\.external|protocol\.ext\.allow|uploadpack\.packObjectsHook)\b/i;

/**
 * Restricted, in containers whose image is called `git-sync`: options and environment variables
 * that run a command, or send credentials elsewhere, and repositories that begin with `ext::`.
 */
export const noGitSyncCommands: Rule = {
  id: 'no-git-sync-commands',
  title: 'git-sync must not run commands from its options',
  severity: 'medium',
  remedy: 'Remove the option, and build what must run into an image.',
  rationale:
    'Whoever may set an option of a git-sync container runs commands in it, with its token and its credentials for the repository, although the pod looks like a harmless one.',
  references: {},
  *checkContainer(container) {
    const {name, value, path} = container;
    if (!/(?:^|\/)git-sync$/.test(imageOf(asString(value['image']) ?? '').repository)) return;
    for (const {at, option, text} of settingsOf(container)) {
      const gain = gainOf(option, text);
      if (gain === undefined) continue;
      const message = `\`${option}\` of git-sync ${gain}`;
      yield {path: [...path, ...at], container: name, message};
    }
  },
};

function gainOf(option: string, text: string): string | undefined {
  if (option === 'git-config' && runningConfig.test(text)) return 'has git run a command';
  if (option === 'repo' && /^\s*ext::/.test(text)) return 'has git run a command as the repository';
  if (option === 'git') return 'is the program that it runs as git';
  if (!runningOptions.includes(option)) return undefined;
  return option.endsWith('-url') ? 'makes it call another server' : 'is a command that it runs';
}

interface Setting {
  readonly at: readonly (string | number)[];
  /** As on the command line, without dashes. */
  readonly option: string;
  readonly text: string;
}

/** The options of git-sync: in the command line, and as environment variables of both versions. */
function* settingsOf({value}: Container): Iterable<Setting> {
  for (const list of ['command', 'args']) {
    const items = asList(value[list]).map(item => asString(item) ?? '');
    for (const [index, item] of items.entries()) {
      const [, option, text] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(item) ?? [];
      if (option === undefined) continue;
      yield {at: [list, index], option, text: text ?? items[index + 1] ?? ''};
    }
  }
  for (const [index, item] of asList(value['env']).entries()) {
    const variable = asMap(item);
    const [, option] = /^GIT_?SYNC_(.+)$/.exec(asString(variable?.['name']) ?? '') ?? [];
    const text = asString(variable?.['value']) ?? '';
    if (option === undefined || text === '') continue;
    yield {
      at: ['env', index, 'value'],
      option: option.toLowerCase().replaceAll('_', '-'),
      text,
    };
  }
}
