import * as v from 'valibot';
import {isDate} from '../../text/date.ts';
import {uidOf} from '../image.ts';
import {isFolder, isPort} from '../lock-values.ts';
import {isDigest, nameOf, referenceOf, whyInvalid} from '../reference.ts';
import {apiVersion, kind} from './fields.ts';

/*
 * The schema of the lock file of images. What a check demands is in the metadata after it, as far as JSON Schema can
 * say it: docs/images.schema.json is generated from it.
 */

export const notMapping = 'a mapping was expected';

/** A mapping with these keys and no others. */
const mapping = <const Entries extends v.ObjectEntries>(entries: Entries) =>
  v.strictObject(entries, ({expected, received}) => {
    if (expected === 'never') {
      return `unknown key ${received}: it must be one of ${Object.keys(entries).join(', ')}`;
    }
    return received === 'undefined' ? `the key ${expected} is missing` : notMapping;
  });

/** A key that may be left out, with what it means, for editors. */
const key = <T extends v.GenericSchema>(meaning: string, schema: T) =>
  v.optional(v.pipe(schema, v.description(meaning)));

const text = v.string('a text was expected');
const texts = v.array(text, 'a list of texts was expected');

const notDay = 'must be a date like "2027-06-30"';
const day = v.pipe(
  v.string(notDay),
  v.check(isDate, notDay),
  v.metadata({pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$'}),
);

const notDigest = 'a digest must be like "sha256:" and 64 hexadecimal digits';
const digest = v.pipe(
  v.string(notDigest),
  v.check(isDigest, notDigest),
  v.metadata({pattern: '^(sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$'}),
);

const notNumber = 'must be the number of a user or a group';
const number = v.pipe(
  v.number(notNumber),
  v.integer(notNumber),
  v.minValue(0, notNumber),
  v.maxValue(2_147_483_647, notNumber),
);

const ports = v.array(
  v.pipe(
    text,
    v.check(isPort, 'must be a port with its protocol, such as "8080/tcp"'),
    v.metadata({pattern: '^[0-9]{1,5}/(tcp|udp|sctp)$'}),
  ),
  'a list of texts was expected',
);

const folders = v.array(
  v.pipe(
    text,
    v.check(isFolder, 'must be the absolute path of a folder, without `..`'),
    v.metadata({pattern: '^(/[^/:\\u0000]+)+/?$'}),
  ),
  'a list of texts was expected',
);

const config = {
  user: v.pipe(
    text,
    v.description('As the image sets it: a number, a name, or empty for none, which is root.'),
  ),
  uid: key('The number of the user. Missing for a name that nobody has looked up.', number),
  gid: key('The number of the group, if the image sets one.', number),
  entrypoint: key('As the image sets it.', texts),
  command: key('As the image sets it.', texts),
  ports: key('The ports that the image exposes.', ports),
  volumes: key('The folders that are volumes.', folders),
  stopSignal: key('As the image sets it.', text),
  labels: key(
    'Where the source of the image is, its licence and its version.',
    v.record(text, text, notMapping),
  ),
};

/** Not an interface: those have no index signature, which valibot wants. */
type User = {
  readonly user: string;
  readonly uid?: number | undefined;
};

const wrongNumber = ({input}: {readonly input: User}): string =>
  `\`uid\` must be ${uidOf(input.user)}, because \`user\` is ${JSON.stringify(input.user)}`;
const hasNumber = ({user, uid}: User): boolean => uid !== undefined || uidOf(user) === undefined;
const isItsNumber = ({user, uid}: User): boolean =>
  uid === undefined || (uidOf(user) ?? uid) === uid;

/** A user that is a number, or root, must have that number. */
const withUser = <Schema extends v.GenericSchema<User, User>>(schema: Schema): Schema =>
  v.pipe(
    schema as v.GenericSchema<User, User>,
    v.forward(v.check(hasNumber, wrongNumber), ['user']),
    v.forward(v.check(isItsNumber, wrongNumber), ['uid']),
  ) as unknown as Schema;

const imageFields = {
  digest: key('What the tag stood for: the digest of the index, if there is one.', digest),
  read: v.pipe(day, v.description('The day on which this was read first.')),
  ...config,
  writes: key('The folders that the image writes to, as somebody who knows it says.', folders),
  verified: key('What the user’s own cosign has verified.', mapping({digest, by: text, day})),
};

/** A digest alone, or with a configuration of its own. */
const platform = v.union([digest, withUser(mapping({digest, ...config}))]);

const image = withUser(
  mapping({
    ...imageFields,
    platforms: key('By platform: linux/amd64.', v.record(text, platform, notMapping)),
  }),
);

const name = v.pipe(
  text,
  v.check(
    input => whyInvalid(referenceOf(input)) === undefined,
    ({input}) => `"${input}" names no image: ${whyInvalid(referenceOf(input))}`,
  ),
  v.check(
    input => nameOf(referenceOf(input)) === input,
    ({input}) => `an image must have its whole name: "${nameOf(referenceOf(input))}"`,
  ),
  v.metadata({pattern: '^[^/@\\s]+/[^@\\s]+(:[\\w.-]{1,128})?(@[a-z0-9]+:[0-9a-f]+)?$'}),
);

export const imageLockSchema = mapping({
  apiVersion: v.literal(apiVersion, `a lock file must have \`apiVersion: ${apiVersion}\``),
  kind: v.literal(kind, `a lock file must have \`kind: ${kind}\``),
  images: key('By their whole names, with the registry.', v.record(name, image, notMapping)),
});

/** The parts of the schema that have a name in its JSON Schema. */
export const imageLockParts = {image, digest, day};
