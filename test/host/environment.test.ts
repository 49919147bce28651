import test from 'ava';
import {knownOptions} from '../../src/commands/help.ts';
import {argumentsIn, hasVariables, variableOf} from '../../src/host/environment.ts';

const argumentsOf = async (
  verb: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[] = [],
) => argumentsIn(variables, await knownOptions(verb, args), args);

test('a variable sets an option of the command', async t => {
  const variables = {
    KUBE_HARDEN_FAIL_ON: 'low',
    KUBE_HARDEN_FIX_ALL: 'true',
    KUBE_HARDEN_ALLOW_SKIPPED: '0',
    KUBE_HARDEN_CONFIG: '/etc/policy.yaml',
    KUBE_HARDEN_PROFILE: '',
    HOME: '/root',
  };
  t.deepEqual(await argumentsOf('audit', variables), [
    '--fail-on=low',
    '--fix-all',
    '--config=/etc/policy.yaml',
  ]);
  t.deepEqual(await argumentsOf('render', variables), ['--fix-all', '--config=/etc/policy.yaml']);
});

test('the command line overrides variables', async t => {
  const variables = {KUBE_HARDEN_PROFILE: 'strict', KUBE_HARDEN_FIX_ALL: '1'};
  t.deepEqual(
    await argumentsOf('audit', variables, ['--profile', 'audit', '--undecided=wait']),
    [],
  );
  t.deepEqual(await argumentsOf('audit', variables, ['--profile=audit']), ['--fix-all']);
});

const refuses = test.macro(async (t, name: string, value: string, message: RegExp) => {
  await t.throwsAsync(argumentsOf('audit', {[name]: value}), {name: 'UsageError', message});
});
test(
  'a misspelt variable',
  refuses,
  'KUBE_HARDEN_FAIL_NO',
  'low',
  /KUBE_HARDEN_FAIL_NO is no option of any command: did you mean "KUBE_HARDEN_FAIL_ON"\?/,
);
test(
  'a variable for what takes no value',
  refuses,
  'KUBE_HARDEN_FIX_ALL',
  'yes',
  /KUBE_HARDEN_FIX_ALL must be "true" or "false", not "yes"/,
);

test('variables that Kubernetes sets for a Service, and the caller, are no options', t => {
  t.false(
    hasVariables({
      KUBE_HARDEN_CALLER: 'kustomize',
      KUBE_HARDEN_SERVICE_HOST: '10.0.0.1',
      KUBE_HARDEN_SERVICE_PORT_HTTP: '80',
      KUBE_HARDEN_PORT: 'tcp://10.0.0.1:80',
      KUBE_HARDEN_PORT_80_TCP_ADDR: '10.0.0.1',
    }),
  );
  t.true(hasVariables({KUBE_HARDEN_PORTS: 'a'}));
});

test('no two options have the same variable', async t => {
  const {ofAny} = await knownOptions('audit', []);
  t.is(new Set(ofAny.map(variableOf)).size, ofAny.length);
});
