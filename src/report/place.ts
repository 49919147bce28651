import type {Source} from '../findings/finding.ts';

/** A place that a CI system can show: a file, and a line if it has one that counts there. */
export interface FilePlace {
  readonly file: string;
  readonly line?: number;
}

/**
 * Where the source of a finding is, for systems that show findings in the files of a repository.
 * What was rendered for an audit has no line there, but the template of a chart folder is a file.
 */
export function filePlaceOf({file, line, template, isRendering, isLive}: Source): FilePlace {
  if (isLive !== undefined) return {file};
  if (isRendering === undefined) return {file: withoutDot(file), line};
  return {
    file: withoutDot(template === undefined || isArchive(file) ? file : join(file, template)),
  };
}

/** As these systems write paths: relative ones begin with a name. */
const withoutDot = (file: string): string => file.replace(/^(?:\.\/+)+(?=[^/])/, '');

const isArchive = (file: string): boolean => /^(?:oci|https?):\/\/|\.(?:tgz|tar\.gz)$/.test(file);

/**
 * A template such as `web/templates/a.yaml`, which begins with the name of the chart, in the folder
 * of the chart. The comment that says so is the chart's: it leads to no other folder.
 */
function join(folder: string, template: string): string {
  const [, ...names] = template.split('/');
  const isInside = names.length > 0 && names.every(name => !['', '.', '..'].includes(name));
  return isInside ? `${folder.replace(/\/+$/, '')}/${names.join('/')}` : folder;
}
