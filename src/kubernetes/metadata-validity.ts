import {asMap, asString, isList, isMap, type Json} from '../json.ts';
import {isDate} from '../text/date.ts';
import {isDomain, isLabelKey, isLabelValue} from './names.ts';
import {
  type Check,
  isOf,
  isThat,
  listOf,
  mapOf,
  object,
  optional,
  text,
  type Validity,
} from './validity.ts';

const anything = text(() => true);
const count = isOf(0, Number.MAX_SAFE_INTEGER);

/** A time as metav1.Time reads it: RFC 3339 in upper case. */
const time = text(each => {
  const [day = '', clock = ''] = each.split(/T(.*)/s);
  return isDate(day) && clockAndZone.test(clock);
});
const clockAndZone =
  /^(?:[01]\d|2[0-3])(?::[0-5]\d){2}(?:[.,]\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** A field that says something; an empty text or list says nothing. */
const unlessEmpty =
  (otherwise: Validity): Check =>
  value =>
    value === '' || (isList(value) && value.length === 0) ? 'valid' : otherwise;

const mapping: Check = value => isThat(isMap(value));

/** The most bytes of the keys and values of all annotations: TotalAnnotationSizeLimitB. */
const mostAnnotated = 256 * 1024;

function bytesOf(annotations: Json | undefined): number {
  return Object.entries(asMap(annotations) ?? {})
    .flatMap(([key, value]) => [key, asString(value) ?? ''])
    .reduce((sum, each) => sum + Buffer.byteLength(each), 0);
}

/**
 * What the API server does with the `metadata` of an object that it creates: ValidateObjectMeta in
 * k8s.io/apimachinery/pkg/api/validation and BeforeCreate in k8s.io/apiserver/pkg/registry/rest. An
 * object with a `uid` or with `managedFields` is refused if it is applied by the server. An invalid
 * namespace is also refused for the pods there: for those, a policy counts like any other.
 */
export const metadataValidity: Check = object(
  {
    name: text(isDomain),
    generateName: optional(anything),
    namespace: optional(anything),
    selfLink: optional(anything),
    uid: optional(unlessEmpty('unknown')),
    resourceVersion: optional(unlessEmpty('refused')),
    generation: optional(count),
    creationTimestamp: optional(time),
    deletionTimestamp: optional(time),
    deletionGracePeriodSeconds: optional(count),
    labels: optional(mapOf(isLabelKey, text(isLabelValue))),
    annotations: optional(mapOf(key => isLabelKey(key.toLowerCase()), anything)),
    ownerReferences: optional(listOf(mapping)),
    finalizers: optional(listOf(text(isLabelKey))),
    managedFields: optional(unlessEmpty('unknown')),
  },
  ({annotations}) => bytesOf(annotations) <= mostAnnotated,
);
