import {runtimeSocketName, runtimeSockets} from '../../rules/no-runtime-socket.ts';
import {celList, celString} from '../language/cel.ts';
import type {Check} from '../language/check.ts';
import {ancestorsOf, spellingsOf} from './host-path.ts';

export const noRuntimeSocket: Check = {
  rule: 'no-runtime-socket',
  name: 'runtimeSockets',
  subject: 'hostPath',
  finds: `h.place in ${celList(ancestorsOf(runtimeSockets.flatMap(spellingsOf)))} || h.place.matches(${celString(runtimeSocketName)})`,
  outcome: 'rewritten',
};
