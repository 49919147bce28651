import {type Path, textOf, valueAt} from '../json.ts';
import type {GroupResources} from './admission-rules.ts';
import type {GroupKind} from './resource.ts';
import type {StreamIndex} from './stream-index.ts';

const group = 'apiextensions.k8s.io';
const kind = 'CustomResourceDefinition';
const at: Path = ['spec', 'conversion', 'strategy'];

/** Whether the text of an object may be a definition whose objects a webhook converts. */
export const mayConvert = (object: GroupKind, text: string): boolean =>
  object.group === group &&
  object.kind === kind &&
  ((text.includes('conversion') && text.includes('Webhook')) || /\\[xuU\n]/.test(text));

/**
 * The definitions in the stream whose objects a webhook converts, if they are some of `wanted`: the
 * API server has it change them whenever they are stored in another version.
 */
export const convertersOf = (stream: StreamIndex, wanted: GroupResources) =>
  stream
    .ofKind(kind)
    .filter(
      resource => resource.group === group && textOf(valueAt(resource.value, at)) === 'Webhook',
    )
    .flatMap(resource => {
      const converted = textOf(valueAt(resource.value, ['spec', 'group']));
      const names = Object.hasOwn(wanted, converted) ? wanted[converted] : undefined;
      const plural = textOf(valueAt(resource.value, ['spec', 'names', 'plural']));
      return names?.includes(plural) === true ? [{resource, path: at, plural}] : [];
    });
