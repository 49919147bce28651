import * as v from 'valibot';
import {isBelow} from '../images/book.ts';
import {whyInvalid} from '../images/reference.ts';
import {namesRule} from '../policy/exceptions.ts';
import {podSecurityVersionPattern} from '../policy/pod-security-version.ts';
import {modes, undecidedChoices} from '../policy/policy.ts';
import {isPattern, matches} from '../policy/selector.ts';
import {rangeOf, rulesByUse, useKeys} from '../policy/uses.ts';
import {findRule, rules} from '../rules/index.ts';
import {severities} from '../severity.ts';
import {isDate} from '../text/date.ts';
import {suggestion} from '../text/suggest.ts';
import {
  labelKey,
  networkPolicyParts,
  networkPolicySchema,
  portNumber,
} from './network-policy-schema.ts';
import {profiles} from './profiles.ts';
import {dictionary, key, mapping, onlyIf, some, text} from './schema-parts.ts';

const threshold = v.picklist([...severities, 'none']);
const profile = v.picklist(Object.keys(profiles));
const ids = rules.map(({id}) => id);
/** Rules of a policy have a slash in their names: no built-in rule has one. */
const ownId = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\/[a-z0-9](?:[-.a-z0-9]{0,98}[a-z0-9])?$/;
/** A rule, or a pattern of rules. */
const ruleNames = v.pipe(
  v.string(),
  v.check(
    isRuleNames,
    issue =>
      `unknown rule "${issue.input}"${suggestion(issue.input, ids) || `: the rules are ${ids.join(', ')}`}`,
  ),
  v.metadata({anyOf: [{enum: ids}, {pattern: '\\*'}, {pattern: ownId.source}]}),
);

function isRuleNames(text: string): boolean {
  if (isPattern(text)) return text.includes('/') || ids.some(id => matches(text, id));
  return findRule(text) !== undefined || ownId.test(text);
}

/** The API server takes no messages of several lines. */
const line = v.pipe(text, v.regex(/^[^\n\r]*$/, 'must be one line'));

const day = v.pipe(
  v.string(),
  v.check(isDate, 'must be a date like "2027-06-30"'),
  v.metadata({format: 'date', pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$'}),
);

/** The keys that can be locked as a whole. */
const lockableKeys = [
  'profile',
  'rules',
  'exceptions',
  'exposed',
  'trustAnnotations',
  'undecided',
  'blockOn',
  'failOn',
  'strict',
  'annotate',
  'podSecurityVersion',
  'networkPolicy',
  'images',
  'registries',
];
/** The keys of which one rule can be locked, or those that a pattern matches. */
const lockableByRule = ['rules', 'exceptions'];
const lockNames = [
  ...lockableKeys,
  ...lockableByRule.flatMap(key => ids.map(id => `${key}.${id}`)),
  ...Object.keys(networkPolicySchema.entries).map(key => `networkPolicy.${key}`),
];
const lockName = v.pipe(
  v.string(),
  v.check(
    isLock,
    ({input}) =>
      `cannot be locked: "${input}"${suggestion(input, lockNames) || `: the keys that can be are ${lockableKeys.join(', ')}`}`,
  ),
  v.metadata({
    anyOf: [
      {enum: lockNames},
      {pattern: `^(${lockableByRule.join('|')})\\.[^.]*\\*[^.]*$`},
      {pattern: `^(${lockableByRule.join('|')})\\.${ownId.source.slice(1)}`},
    ],
  }),
);

function isLock(lock: string): boolean {
  if (lockNames.includes(lock)) return true;
  const [key = '', pattern = ''] = lock.split(/\.(.*)/s);
  if (!lockableByRule.includes(key)) return false;
  if (!isPattern(pattern)) return ownId.test(pattern);
  return pattern.includes('/') || ids.some(id => matches(pattern, id));
}

const ownRule = mapping({
  id: v.pipe(
    v.string(),
    v.regex(ownId, 'must be the name of a team, a slash and a name, such as "shop/owner-label"'),
    v.check(
      id => !id.startsWith('admission/'),
      'must not begin with "admission/": the rules of admission policies do',
    ),
    v.description('How reports, `rules` and exceptions name it'),
  ),
  title: key('The requirement in a few words. Default: the message', text),
  severity: v.pipe(v.picklist(severities), v.description('How bad a finding is')),
  match: v.pipe(
    mapping({
      objects: v.pipe(
        v.array(
          mapping({
            apiVersion: v.pipe(text, v.description('Such as "apps/v1"')),
            kind: v.pipe(text, v.description('Such as "Deployment"')),
            resource: key('The name of the resource, if it is not the usual plural', text),
          }),
        ),
        v.minLength(1, 'must name a kind of objects'),
      ),
      namespaces: key('Namespaces; `*` stands for any text. Default: all', v.array(text)),
    }),
    v.description('The objects that it looks at'),
  ),
  expression: v.pipe(
    text,
    v.description('CEL that is true for an object without the mistake, as in admission policies'),
  ),
  message: v.pipe(line, v.description('What is wrong, in one line')),
  remedy: key('What to do about it. Default: the message', line),
  rationale: key('Why it matters. Default: the message', line),
  references: key('What it refers to, such as addresses of documents', v.array(line)),
});

const selector = {
  kind: key('A kind; `*` stands for any text', text),
  namespace: key('A namespace; `*` stands for any text', text),
  name: key('The name of an object; `*` stands for any text', text),
  labels: key(
    'Labels of the pods in an object, or of an object without pods; `*` stands for any text',
    dictionary(labelKey, text),
  ),
};

const hostPort = v.union([
  portNumber,
  v.pipe(
    v.string(),
    v.check(isPortRange, 'must be a port, or a range such as "9100-9200"'),
    v.metadata({pattern: '^[1-9][0-9]{0,4}-[1-9][0-9]{0,4}$'}),
  ),
]);

function isPortRange(text: string): boolean {
  const [, first = '', last = ''] = /^([1-9]\d{0,4})-([1-9]\d{0,4})$/.exec(text) ?? [];
  return first !== '' && Number(first) <= Number(last) && Number(last) <= 65_535;
}

const hostFolder = v.pipe(
  v.string(),
  v.regex(/^\//, 'must be the absolute path of a folder'),
  v.check(path => !path.split('/').includes('..'), 'must not contain `..`'),
  v.metadata({not: {pattern: '(^|/)\\.\\.(/|$)'}}),
);

const address = v.pipe(
  v.string(),
  v.check(
    text => rangeOf(text) !== undefined,
    'must be an address, or a range such as 203.0.113.0/24',
  ),
  v.metadata({pattern: '^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$'}),
);

const exceptionMatch = mapping({
  ...selector,
  container: key('The name of a container; `*` stands for any text', text),
  image: key('The image of a container as the manifest writes it; `*` stands for any text', text),
  hostPorts: key('Host ports, or ranges such as "9100-9200"', some(hostPort)),
  hostPaths: key('Host folders, with everything in them', some(hostFolder)),
  externalIPs: key('External addresses, or ranges such as 203.0.113.0/24', some(address)),
});

/** That a rule has such values, as far as it is named by its id. */
const usesSchema = {
  allOf: useKeys.map(each =>
    onlyIf(
      {properties: {match: {required: [each]}}},
      {properties: {rules: {contains: {anyOf: [{enum: rulesByUse[each]}, {pattern: '\\*'}]}}}},
    ),
  ),
};
const usesRules = `must narrow values of its rules: ${useKeys.map(each => `\`${each}\` belongs to ${rulesByUse[each].join(', ')}`).join('; ')}`;

/** An exception that narrows a value that no finding of its rules has would never match. */
const usesFit = ({
  rules: ids,
  match,
}: {
  readonly rules: readonly string[];
  readonly match: object;
}) => useKeys.every(each => !(each in match) || rulesByUse[each].some(id => namesRule(ids, id)));
const allowance = {
  reason: v.pipe(text, v.description('Why it is allowed; shown in reports')),
  approver: key('Who approved it; shown in reports', text),
  ticket: key('Where it was discussed, such as a ticket; shown in reports', text),
  expires: key('The last day on which it is valid, in UTC, such as "2027-06-30"', day),
};

/** A registry, or a folder of one. */
const repository = v.pipe(
  v.string(),
  v.check(
    isRepository,
    'must be a registry, or a folder of one, such as docker.io or registry.example.com/shop',
  ),
  v.metadata({pattern: '^[A-Za-z0-9.:[\\]-]+(/[a-z0-9._-]+)*$'}),
);

function isRepository(text: string): boolean {
  const [registry = '', ...path] = text.split('/');
  const reference = {registry, path: path.length === 0 ? 'any' : path.join('/')};
  const isHost = /[.:]/.test(registry) || registry === 'localhost';
  return isHost && whyInvalid({...reference, tag: '', digest: ''}) === undefined;
}

const leadsOn = (mirrors: Readonly<Record<string, string>>): boolean =>
  Object.values(mirrors).some(mirror =>
    Object.keys(mirrors).some(prefix => isBelow(mirror, prefix)),
  );

const versionForm = 'must be "latest" or like "v1.34"';

/** The content of a policy file, or of the `spec` of a KRM functionConfig. */
export const policySchema = mapping({
  extends: key('The policy file that this one refines: a path from the folder of this file', text),
  locked: key(
    'What policies that extend this one, and options, must not loosen: keys, rules.RULE, exceptions.RULE, networkPolicy.KEY',
    v.array(lockName),
  ),
  profile: key(
    'The profiles: sets of rules. Of several profiles, the stricter mode of a rule counts. Default: essential',
    v.union([profile, v.pipe(v.array(profile), v.minLength(1, 'must name a profile'))]),
  ),
  podSecurityVersion: key(
    'The version of the Pod Security Standards: latest (default), or like v1.34',
    v.pipe(v.string(versionForm), v.regex(podSecurityVersionPattern, versionForm)),
  ),
  rules: key(
    'What to do about single rules, whatever the profiles say: off, flag or fix',
    dictionary(ruleNames, v.picklist(modes)),
  ),
  blockOn: key(
    'Render refuses a stream if such a finding, or a more severe one, remains. Default: none',
    threshold,
  ),
  failOn: key(
    'An audit exits with 1 if there is such a finding, or a more severe one. Default: high',
    threshold,
  ),
  undecided: key(
    'What to do where a workload seems to need a setting. By default the profiles decide',
    v.picklist(undecidedChoices),
  ),
  fixAll: key('`true` means `undecided: fix`', v.boolean()),
  strict: key(
    'Whether entries that expired or match nothing fail an audit, and refuse a stream. Default: false',
    v.boolean(),
  ),
  annotate: key(
    'Whether rewritten objects get an annotation that lists the applied rules. Default: true',
    v.boolean(),
  ),
  networkPolicy: key('The added NetworkPolicies: see docs/network.md', networkPolicySchema),
  exceptions: key(
    'What is allowed although a rule finds it',
    v.array(
      v.pipe(
        mapping({
          rules: v.pipe(v.array(ruleNames), v.minLength(1, 'must name a rule')),
          match: exceptionMatch,
          ...allowance,
        }),
        v.check(input => usesFit(input), usesRules),
        v.metadata(usesSchema),
      ),
    ),
  ),
  customRules: key("The team's own rules: see docs/custom-rules.md", v.array(ownRule)),
  admissionPolicies: key(
    'Files with ValidatingAdmissionPolicies, bindings and objects for params: paths from the folder of this file',
    v.array(text),
  ),
  images: key(
    'The lock file of images: a path from the folder of this file. Default: kube-harden-images.yaml beside this file',
    text,
  ),
  registries: key(
    'Where images may come from',
    v.pipe(
      mapping({
        allowed: key(
          'Registries, or folders of them, such as registry.example.com/shop: pin-images finds all others',
          some(repository),
        ),
        mirrors: key(
          'Where the same images are, by registry or folder: pin-images takes them from there',
          dictionary(repository, repository),
        ),
      }),
      v.check(
        ({mirrors = {}}) => !leadsOn(mirrors),
        'must not have a mirror that has a mirror itself',
      ),
    ),
  ),
  workloads: key(
    'More custom resources that contain pods',
    v.array(
      mapping({
        group: text,
        kind: text,
        path: v.pipe(
          v.string(),
          v.regex(
            /^[^.[\]*]+(?:\[\*\]|\.\*|\.[^.[\]*]+)*$/,
            'must be like `spec.groups[*].template`',
          ),
        ),
        holds: v.optional(v.picklist(['template', 'spec', 'settings'])),
      }),
    ),
  ),
  trustAnnotations: key(
    'Objects whose annotation kube-harden.io/allow counts, for these rules, if kube-harden.io/reason gives a reason',
    v.array(
      mapping({
        match: v.pipe(
          mapping({
            kind: selector.kind,
            namespace: selector.namespace,
            name: selector.name,
          }),
          v.check(
            match => Object.keys(match).length > 0,
            'must have `kind`, `namespace` or `name`',
          ),
          v.metadata({minProperties: 1}),
        ),
        rules: v.pipe(v.array(ruleNames), v.minLength(1, 'must name a rule')),
      }),
    ),
  ),
  exposed: key(
    'Services, Ingresses, Gateways and routes that are public on purpose',
    v.array(mapping({match: mapping(selector), ...allowance})),
  ),
});

/** The parts that occur several times, by their names in the JSON Schema. */
export const policyParts = {ruleNames, lockName, ...networkPolicyParts};
