import type {Source} from '../findings/finding.ts';

/** A place that a CI system can show: a file, and a line if it has one that counts there. */
export interface FilePlace {
  /** Relative where it can be: to `root`, or as the template's name begins with the name of its chart. */
  readonly file: string;
  readonly line?: number;
}

/**
 * Where the source of a finding is, for systems that show findings in the files of a repository, whose root is the
 * folder `root`. What was rendered for an audit has no line there, but the template of a chart is a file: it is shown
 * instead of the folder or the address of the chart.
 */
export function filePlaceOf(source: Source, root?: string): FilePlace {
  const {file, line, template, fileLine, isRendering, isLive} = source;
  if (isLive !== undefined) return {file};
  if (isRendering === undefined) return {file: relative(file, root), line};
  if (isArchive(file) || isKustomization(file)) return {file: relative(file, root)};
  if (isAddress(file)) return {file: insideOf(template) ?? `${nameIn(file)}/Chart.yaml`};
  const place = templateFileOf(source) ?? `${file.replace(/\/+$/, '')}/Chart.yaml`;
  return {file: relative(place, root), ...(fileLine === undefined ? {} : {line: fileLine})};
}

/** The file of the template in a chart folder, if the finding names one inside it. */
export function templateFileOf({file, template, isRendering}: Source): string | undefined {
  if (isRendering === undefined || isArchive(file) || isAddress(file)) return undefined;
  const inside = insideOf(template)?.split('/').slice(1).join('/');
  return inside === undefined ? undefined : `${file.replace(/\/+$/, '')}/${inside}`;
}

/** As these systems write paths: relative ones begin with a name. */
function relative(file: string, root: string | undefined): string {
  const isBelow = root !== undefined && file.startsWith(`${root.replace(/\/+$/, '')}/`);
  const path = isBelow ? file.slice(root.replace(/\/+$/, '').length + 1) : file;
  return path.replace(/^(?:\.\/+)+(?=[^/])/, '');
}

const isAddress = (file: string): boolean => /^(?:oci|https?):\/\//.test(file);

const isArchive = (file: string): boolean => !isAddress(file) && /\.(?:tgz|tar\.gz)$/.test(file);

const isKustomization = (file: string): boolean =>
  /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(file);

/** The last name in the address of a chart, without its version. */
function nameIn(address: string): string {
  const name = /\/([^/?#]+?)(?::[^/:]*)?(?:[?#].*)?$/.exec(address)?.[1] ?? 'chart';
  return name.replace(/\.(?:tgz|tar\.gz)$/, '');
}

/**
 * A template such as `web/templates/a.yaml`, which begins with the name of the chart. The comment that says so is the
 * chart's: undefined if it would lead to another folder.
 */
function insideOf(template: string | undefined): string | undefined {
  const names = template?.split('/') ?? [];
  const isInside = names.length > 1 && names.every(name => !['', '.', '..'].includes(name));
  return isInside ? template : undefined;
}
