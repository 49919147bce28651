import {asString, valueAt} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {YamlDocument} from '../yaml/nodes.ts';

/** Helm 4 sets this annotation to the template of a document, and removes it again. */
export const helmFileNameAnnotation = 'postrenderer.helm.sh/postrender-filename';

const kustomizeOrigins = [
  'internal.config.kubernetes.io/path',
  'config.kubernetes.io/path',
] as const;

/** The template of an object, and where its output begins, as far as the stream shows. */
export interface Template {
  readonly file: string;
  /** The offset of the text after Helm's comment. */
  readonly start?: number;
}

/** The template of `resource`, if Helm 3, Helm 4 or kustomize provides it. */
export function templateOf(document: YamlDocument, resource: Resource): Template | undefined {
  for (const key of [helmFileNameAnnotation, ...kustomizeOrigins]) {
    const file = asString(valueAt(resource.value, ['metadata', 'annotations', key]));
    if (file !== undefined) return {file};
  }
  return sourceComment(document);
}

/**
 * Whether Helm rendered any document: then no annotation in the stream is the user's. The whole stream counts, because a
 * template may contain what Helm does not take for the end of a document.
 */
export const isFromHelm = ({inputs, documents, resources}: HelmStream): boolean =>
  inputs.some(({isRendering}) => isRendering) ||
  documents.some(document => sourceComment(document) !== undefined) ||
  resources.some(
    ({value}) => valueAt(value, ['metadata', 'annotations', helmFileNameAnnotation]) !== undefined,
  );

interface HelmStream {
  readonly inputs: readonly {readonly isRendering?: true}[];
  readonly documents: readonly YamlDocument[];
  readonly resources: readonly Resource[];
}

/** Helm 3's `# Source: chart/templates/file.yaml`, which is the first line of its document. */
function sourceComment({text, start}: YamlDocument): Template | undefined {
  const mark = '# Source: ';
  let at = start;
  while (text[at] === '\n' || text[at] === '\r') at++;
  if (!text.startsWith(mark, at)) return undefined;
  const next = text.indexOf('\n', at);
  const end = next === -1 ? text.length : next;
  return {file: text.slice(at + mark.length, end).trim(), start: end + 1};
}
