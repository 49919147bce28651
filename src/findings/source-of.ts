import type {Path} from '../json.ts';
import {managerOf} from '../kubernetes/live/manager.ts';
import type {Resource} from '../kubernetes/resource.ts';
import type {Inputs} from '../stream/inputs.ts';
import {templateOf} from '../stream/template.ts';
import type {Locator} from '../yaml/locate.ts';
import type {Source} from './finding.ts';

/**
 * The place of the field at `path` of `resource` in its text; `locator` is that of its document.
 */
export function sourceOf(inputs: Inputs, locator: Locator, resource: Resource, path: Path): Source {
  const input = inputs.of(resource.document);
  if (input.isLive !== undefined) return livePlace(input.file, resource);
  const lines = inputs.linesOf(input);
  const template = templateOf(locator.document, resource);
  const place = lines.at(locator.locate([...resource.path, ...path]));
  return {
    file: input.file,
    document: resource.document - input.first + 1,
    ...place,
    ...(template === undefined ? {} : {template: template.file}),
    ...(template?.start === undefined
      ? {}
      : {templateLine: place.line - lines.at(template.start).line + 1}),
    ...(input.isRendering === undefined ? {} : {isRendering: input.isRendering}),
  };
}

function livePlace(file: string, {document, value}: Resource): Source {
  const manager = managerOf(value);
  return {
    file,
    document: document + 1,
    line: 1,
    column: 1,
    isLive: true,
    ...(manager === undefined ? {} : {manager}),
  };
}
