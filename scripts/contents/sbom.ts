import {sha256Of} from '../archive/sha256.ts';
import type {DebianPackage} from '../debian-packages.ts';
import type {Target} from '../executable-path.ts';
import {packageJson} from '../package-json.ts';
import {buns} from '../runtimes.ts';
import {bunParts} from './bun.ts';
import {type BundledPackage, bundleContents, keyOf} from './bundled-packages.ts';

/** A software bill of materials in the form of CycloneDX 1.6: what is in what we publish. */

interface Component {
  readonly type: string;
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version?: string;
  readonly components?: readonly Component[];
}

export interface SbomOptions {
  /** The platform of the executable; without one, the subject is the bundle. */
  readonly target?: Target;
  /** What the image with the executable contains besides it. */
  readonly debian?: readonly DebianPackage[];
  /** The date of the document, in seconds since 1970. */
  readonly seconds: number;
}

/** The document as text. The same contents are the same text. */
export async function sbomOf({target, debian = [], seconds}: SbomOptions): Promise<string> {
  const {packages, imports} = await bundleContents();
  const bun = target === undefined ? [] : [await bunComponent(target)];
  const system = debian.map(debianComponent);
  const components = [...packages.map(packageComponent), ...bun, ...system];
  const root = keyOf(packageJson);
  const direct = [...imports, ...[...bun, ...system].map(each => each['bom-ref'])];
  const content = {
    metadata: {
      timestamp: new Date(seconds * 1000).toISOString(),
      lifecycles: [{phase: 'build'}],
      component: rootComponent(debian.length > 0 ? 'container' : 'application'),
      properties: target === undefined ? [] : [{name: 'kube-harden:platform', value: target}],
    },
    components,
    dependencies: [
      {ref: root, dependsOn: direct},
      ...packages.map(each => ({ref: keyOf(each), dependsOn: each.imports})),
    ],
    // What Bun contains is known only from its own notice and report.
    compositions: [
      {aggregate: 'complete', assemblies: [root]},
      ...bun.map(each => ({aggregate: 'incomplete', assemblies: [each['bom-ref']]})),
    ],
  };
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(content))}`,
    version: 1,
    ...content,
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** A UUID of version 8, from a hash: the same for the same text. */
function uuidOf(text: string): string {
  const hash = sha256Of(text);
  const parts = [hash.slice(0, 8), hash.slice(8, 12), `8${hash.slice(13, 16)}`];
  return [...parts, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
}

function rootComponent(type: 'application' | 'container') {
  const {name, version, description, license} = packageJson;
  const purl = purlOf(name, version);
  return {
    type,
    'bom-ref': keyOf(packageJson),
    name,
    version,
    description,
    licenses: [{license: {id: license}}],
    purl,
  };
}

/** A package URL; the scope of a name is a namespace. */
const purlOf = (name: string, version: string): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

const packageComponent = (each: BundledPackage) => ({
  type: 'library',
  'bom-ref': keyOf(each),
  name: each.name,
  version: each.version,
  licenses: [{expression: each.license}],
  purl: purlOf(each.name, each.version),
  hashes: [hashOf(each.integrity)],
});

/** From the form of lock files: the algorithm, and the hash in base64. */
function hashOf(integrity: string): {readonly alg: string; readonly content: string} {
  const [algorithm, hash = ''] = integrity.split('-');
  if (algorithm !== 'sha512') throw new Error(`not a SHA-512 hash: "${integrity}"`);
  return {alg: 'SHA-512', content: Buffer.from(hash, 'base64').toString('hex')};
}

async function bunComponent(target: Target) {
  const {name, version, integrity} = buns[target];
  const ref = keyOf({name, version});
  const parts: readonly Component[] = (await bunParts()).map(part => ({
    type: 'library',
    'bom-ref': `${ref}/${part.name}`,
    name: part.name,
    ...(part.version === undefined ? {} : {version: part.version}),
    licenses: [{license: {name: part.license}}],
  }));
  return {
    type: 'platform',
    'bom-ref': ref,
    name: 'bun',
    version,
    licenses: [{license: {id: 'MIT'}}],
    purl: purlOf(name, version),
    hashes: [hashOf(integrity)],
    components: parts,
  };
}

function debianComponent({name, version, architecture, sha256}: DebianPackage) {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}&distro=debian-12`;
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    hashes: [{alg: 'SHA-256', content: sha256}],
  };
}
