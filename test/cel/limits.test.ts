import test from 'ava';
import {loadCompiler, nothingDeclared} from '../../src/cel/compile.ts';
import {Budget} from '../../src/cel/evaluate.ts';
import {fromJson} from '../../src/cel/values.ts';

const digits = '[0,1,2,3,4,5,6,7,8,9]';
const nested = (depth: number, body = 'true'): string =>
  depth === 0 ? body : `${digits}.all(v${depth}, ${nested(depth - 1, body)})`;

const tooExpensive: Readonly<Record<string, string>> = {
  'nested comprehensions': nested(7),
  'comprehensions over a big list': 'object.big.all(a, object.big.all(b, a != b || a == b))',
  'a list that grows': nested(6, `${digits}.map(x, x) + ${digits} != []`),
  'strings that grow': `${digits}.map(x, object.long + object.long).map(x, x + x).map(x, x + x).map(x, x + x).all(x, x != '')`,
  'a pattern on a long string': "object.long.matches('^(a+)+(b|c|d)?(e|f)*$')",
  'sets of a big list': 'sets.contains(object.big, object.big)',
  'replacements in a long string': "object.long.replace('a', object.long) != ''",
};

for (const [what, expression] of Object.entries(tooExpensive)) {
  test(`${what} end in an error, soon`, async t => {
    const compile = await loadCompiler();
    const object = fromJson({
      big: Array.from({length: 20_000}, (_, index) => index),
      long: 'a'.repeat(2_000_000),
    });
    const started = process.cpuUsage();
    const evaluate = () =>
      compile(expression, 'bool', nothingDeclared).evaluate(
        {find: name => (name === 'object' ? object : undefined)},
        new Budget(),
      );
    t.throws(evaluate, {message: /it costs more than the API server allows/});
    t.true(process.cpuUsage(started).user < 10_000_000);
  });
}

test('patterns are matched in linear time', async t => {
  const compile = await loadCompiler();
  const expression = compile(`'${'a'.repeat(5000)}!'.matches('^(a+)+$')`, 'bool', nothingDeclared);
  const started = process.cpuUsage();
  t.false(expression.evaluate({find: () => undefined}, new Budget()));
  t.true(process.cpuUsage(started).user < 3_000_000);
});

const refused: Readonly<Record<string, RegExp>> = {
  'object.spec': /the result must be of type bool, not dyn/,
  "'a' == 1": /no such overload/,
  '1 +': /Unexpected token: EOF/,
  "'a'.matches('(')": /invalid regular expression/,
  "isURL('https://example.com')": /isURL/,
  "authorizer.path('/').check('get').allowed()": /`allowed` cannot be judged outside the cluster/,
  'variables.absent == 1': /there is no variable `absent` before it/,
  "b'a' == b'a'": /bytes/,
  "timestamp('2020-01-01T00:00:00Z').getFullYear() == 2020": /timestamp|getFullYear/,
  'params == null': /there are no `params` here/,
  'params.data.most == 1': /there are no `params` here/,
  'variables == null': /no such overload/,
  'cel.bind(x, 1, x == 1)': /bind|cel/,
  [`${'('.repeat(1000)}true${')'.repeat(1000)}`]: /maxDepth/,
  [`'${'a'.repeat(200_000)}' == ''`]: /longer than 100000/,
};

for (const [expression, message] of Object.entries(refused)) {
  test(`refused: ${expression.slice(0, 60)}`, async t => {
    const compile = await loadCompiler();
    t.throws(() => compile(expression, 'bool', nothingDeclared), {
      name: 'ExpressionError',
      message,
    });
  });
}
