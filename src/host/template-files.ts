import {readFileSync, realpathSync, statSync} from 'node:fs';
import type {Finding, Source} from '../findings/finding.ts';
import {TemplateText, templateLineOf} from '../findings/template-line.ts';
import {templateFileOf} from '../report/place.ts';
import type {ObjectStream} from '../stream/manifest-stream.ts';
import {isWithin} from './links.ts';

/** A larger template is none that people write. */
const mostBytes = 1_000_000;

/**
 * Findings in what a chart folder renders, with the line of the template's file that most likely rendered each, where it
 * can be found. Only templates inside the folder are read.
 */
export function withTemplateLines(
  findings: readonly Finding[],
  {inputs}: ObjectStream,
): readonly Finding[] {
  const rendered = inputs.filter(({isRendering}) => isRendering === true);
  if (rendered.length === 0 || findings.length === 0) return findings;
  const lines = new Map(rendered.map(({file, text}) => [file, text.split('\n')]));
  const templates = new Map<string, TemplateText | undefined>();
  const templateOf = (source: Source) => {
    const file = templateFileOf(source);
    if (file === undefined) return undefined;
    if (!templates.has(file)) templates.set(file, read(file, source.file));
    return templates.get(file);
  };
  return findings.map(finding => {
    const {source} = finding;
    const text = lines.get(source.file);
    const template = text === undefined ? undefined : templateOf(source);
    if (text === undefined || template === undefined) return finding;
    const fileLine = templateLineOf(text, source.line - 1, template);
    return fileLine === undefined ? finding : {...finding, source: {...source, fileLine}};
  });
}

/** Undefined if there is no such file in the folder: the comment that names it is the chart's. */
function read(file: string, folder: string): TemplateText | undefined {
  try {
    const place = realpathSync(file);
    const stats = statSync(place);
    if (!isWithin(realpathSync(folder), place) || !stats.isFile() || stats.size > mostBytes) {
      return undefined;
    }
    return new TemplateText(readFileSync(place, 'utf8'));
  } catch {
    return undefined;
  }
}
