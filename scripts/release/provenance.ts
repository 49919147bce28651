import {createPrivateKey, createPublicKey, type KeyObject, sign} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {sha256Of} from '../archive/sha256.ts';
import {architectures, packagesFor} from '../debian-packages.ts';
import type {PinnedPackage} from '../fetch-package.ts';
import {packageJson} from '../package-json.ts';
import {buns, nodes} from '../runtimes.ts';

/** Where published files come from: a statement of in-toto with a predicate of SLSA 1.0. */

export interface ProvenanceOptions {
  readonly url: string;
  readonly source: string | undefined;
  /** The address of what builds, such as a workflow: readers decide whether they trust it. */
  readonly builder: string | undefined;
  readonly commit: string;
  readonly seconds: number;
  /** The version of the Helm that packages the plugins. */
  readonly helm: string;
  /** The SHA-256 sums of the files, by their names. */
  readonly sums: ReadonlyMap<string, string>;
}

export function provenanceOf(options: ProvenanceOptions): string {
  const {url, source, builder, commit, seconds, helm, sums} = options;
  const purl = `pkg:npm/${packageJson.name}@${packageJson.version}`;
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [...sums].map(([name, sha256]) => ({name, digest: {sha256}})),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: `${purl}#scripts/release.ts`,
        externalParameters: {url, ...(source === undefined ? {} : {source}), commit},
        internalParameters: {SOURCE_DATE_EPOCH: seconds, node: process.version, helm},
        resolvedDependencies: [
          {
            ...(source === undefined ? {name: 'source'} : {uri: `git+${source}`}),
            digest: {gitCommit: commit},
          },
          {
            name: 'package-lock.json',
            digest: {sha256: sha256Of(readFileSync('package-lock.json'))},
          },
          ...[...Object.values(buns), ...nodes].map(npmDependency),
          ...packagesFor(architectures).map(({name, version, architecture, sha256}) => ({
            uri: `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`,
            digest: {sha256},
          })),
        ],
      },
      runDetails: {builder: {id: builder ?? `${url}#built-by-hand`}},
    },
  });
}

function npmDependency({name, version, integrity}: PinnedPackage) {
  const hash = Buffer.from(integrity.replace('sha512-', ''), 'base64');
  return {
    uri: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    digest: {sha512: hash.toString('hex')},
  };
}

/** A private key of Ed25519, whose signatures of the same text are the same. */
export function privateKeyIn(file: string): KeyObject {
  const key = createPrivateKey(readFileSync(file));
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new Error(`--key must be an Ed25519 key, not ${key.asymmetricKeyType}`);
  }
  return key;
}

const payloadType = 'application/vnd.in-toto+json';

/** The statement in an envelope with its signature, as DSSE 1.0 defines it. */
export function enveloped(statement: string, key: KeyObject): string {
  const size = Buffer.byteLength(statement);
  const signed = `DSSEv1 ${payloadType.length} ${payloadType} ${size} ${statement}`;
  const publicKey = createPublicKey(key).export({type: 'spki', format: 'der'});
  return JSON.stringify({
    payloadType,
    payload: Buffer.from(statement).toString('base64'),
    signatures: [
      {
        keyid: sha256Of(publicKey),
        sig: sign(null, Buffer.from(signed), key).toString('base64'),
      },
    ],
  });
}
