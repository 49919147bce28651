import type {Path} from '../json.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {LineIndex} from '../stream/lines.ts';
import {templateOf} from '../stream/template.ts';
import type {Locator} from '../yaml/locate.ts';
import type {Source} from './finding.ts';

/** Where in `file` the field at `path` of `resource` lies; `locator` is that of its document. */
export function sourceOf(
  file: string,
  lines: LineIndex,
  locator: Locator,
  resource: Resource,
  path: Path,
): Source {
  const template = templateOf(locator.document, resource);
  const place = lines.at(locator.locate([...resource.path, ...path]));
  return {
    file,
    document: resource.document + 1,
    ...place,
    ...(template === undefined ? {} : {template: template.file}),
    ...(template?.start === undefined
      ? {}
      : {templateLine: place.line - lines.at(template.start).line + 1}),
  };
}
