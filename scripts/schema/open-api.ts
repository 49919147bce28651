import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';

/** A property, or what a list or a mapping holds, in Kubernetes' OpenAPI v2. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

export interface Definition extends Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}

/** The definitions of a version of Kubernetes, by their full names. */
export type Definitions = Readonly<Record<string, Definition>>;

/**
 * The types of k8s.io/kubernetes, which the Go command downloads.
 *
 * @param version a version of the module, such as `v1.36.1`
 */
export function definitionsOf(version: string): Definitions {
  const module = `k8s.io/kubernetes@${version}`;
  const told = execFileSync('go', ['mod', 'download', '-json', module], {encoding: 'utf8'});
  const {Dir} = JSON.parse(told) as {readonly Dir: string};
  const file = path.join(Dir, 'api/openapi-spec/swagger.json');
  const {definitions} = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly definitions: Definitions;
  };
  return definitions;
}
