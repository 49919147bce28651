import {readFileSync} from 'node:fs';
import path from 'node:path';
import {Ajv} from 'ajv';
import {folderOf, type PinnedPackage} from '../../scripts/fetch-package.ts';

/** CycloneDX's own library for JavaScript: it contains the schemas. */
export const cycloneDx: PinnedPackage = {
  name: '@cyclonedx/cyclonedx-library',
  version: '10.3.0',
  integrity:
    'sha512-RIT28sp1U0PCHaaeF3yNRwk6Jig/XJ8UsYAVOMYaHQ+0VVOvsjcp0PTWQFLUqJFF8XMud+Kdq6G+wtDAh+QJFA==',
};

const schemaOf = (name: string): object => {
  const file = path.join(folderOf(cycloneDx), 'res/schema', `${name}.SNAPSHOT.schema.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as object;
};

/** What is wrong with a software bill of materials, according to the schema of CycloneDX 1.6. */
export function mistakesIn(sbom: unknown): readonly string[] {
  const ajv = new Ajv({strict: false, validateFormats: false, allErrors: true});
  for (const name of ['spdx', 'jsf-0.82']) {
    ajv.addSchema(schemaOf(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schemaOf('bom-1.6'));
  validate(sbom);
  return (validate.errors ?? []).map(each => `${each.instancePath} ${each.message}`);
}
