import test from 'ava';
import {credentialIn, isPlaceholder, isSecretName} from '../../src/kubernetes/credentials.ts';

// Written in parts, so that no scanner takes them for real ones.
const letters = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0e1F2';
const filledIn = ['$', '{PASSWORD}'].join('');
const dashes = '-'.repeat(5);
const pem = (what: string) =>
  `${dashes}BEGIN ${what}${dashes}\nMIIE\n${dashes}END ${what}${dashes}\n`;
const jwt = `eyJ${letters.slice(0, 20)}.eyJ${letters.slice(0, 40)}.${letters.slice(0, 43)}`;

const credentials: readonly (readonly [what: string, text: string])[] = [
  ['a private key', pem('PRIVATE KEY')],
  ['a private key', pem('RSA PRIVATE KEY')],
  ['a private key', pem('OPENSSH PRIVATE KEY')],
  ['a private key', pem('PGP PRIVATE KEY BLOCK')],
  ['a private key', `{"private_key": "${pem('PRIVATE KEY').replaceAll('\n', '\\n')}"}`],
  ['an access key of AWS', `aws_access_key_id = AKIA${'ABCDEFGHIJKLMNOP'}`],
  ['a token of GitHub', `ghp_${letters.slice(0, 36)}`],
  ['a token of GitLab', `glpat-${letters.slice(0, 20)}`],
  ['a token of Slack', `xoxb-${letters.slice(0, 30)}`],
  ['a key of Stripe', `sk_live_${letters.slice(0, 24)}`],
  ['a token of npm', `npm_${letters.slice(0, 36)}`],
  ['a JSON web token', `Bearer ${jwt}`],
  ['a password in a URL', 'postgres://shop:hunter2@db:5432/shop'],
  ['a password in a URL', 'see amqp://guest:guest@queue for more'],
  ['a password in a URL', 'redis://:hunter2@[::1]:6379'],
];
for (const [index, [what, text]] of credentials.entries()) {
  test(`${what}, ${index}`, t => {
    t.is(credentialIn(text), what);
  });
}

for (const text of [
  pem('PUBLIC KEY'),
  pem('CERTIFICATE'),
  `AKIA${'IOSFODNN7EXAMPLE'}`,
  'postgres://shop@db/shop',
  'postgres://shop:$(DB_PASSWORD)@db/shop',
  `https://user:${filledIn}@example.com`,
  'https://<user>:<password>@example.com',
  'http://localhost:8080/@scope/package',
  'https://example.com:8443/a?b=c@d',
  'ghp_short',
  'sk_test_notlive',
  '',
]) {
  test(`no credential: ${text.slice(0, 40)}`, t => {
    t.is(credentialIn(text), undefined);
  });
}

for (const name of [
  'DB_PASSWORD',
  'dbPassword',
  'password',
  'mysql-root-password',
  'AWS_SECRET_ACCESS_KEY',
  'client.secret',
  'clientSecret',
  'API_TOKEN',
  'apikey',
  'SESSION_TOKEN',
]) {
  test(`the name of a credential: ${name}`, t => {
    t.true(isSecretName(name));
  });
}

for (const name of [
  'PASSWORD_FILE',
  'PASSWORD_SECRET_NAME',
  'TOKEN_ENDPOINT',
  'tokenizer',
  'compass',
  'bypass',
  'SECRET_NAMESPACE',
  'publicKey',
  'key',
  'secret',
  'x'.repeat(200),
]) {
  test(`no name of a credential: ${name.slice(0, 40)}`, t => {
    t.false(isSecretName(name));
  });
}

for (const value of [
  '',
  '$(NAME)',
  `a-${filledIn}`,
  '{{ .Values.password }}',
  '<password>',
  '/etc/secrets/password',
  'file:///etc/secrets/password',
  'vault:secret/data/shop#password',
  'true',
  'Optional',
  '30s',
  '3600',
  '*****',
  'changeit.pem',
  'your-password-here',
  'REPLACE_ME',
]) {
  test(`a placeholder: ${value}`, t => {
    t.true(isPlaceholder(value));
  });
}

for (const value of ['hunter2', 'correct horse', 'changeme', 'admin', 'P@ssw0rd', '123456789']) {
  test(`no placeholder: ${value}`, t => {
    t.false(isPlaceholder(value));
  });
}

test('long texts take no time', t => {
  const long = ['a:', 'eyJ', '-----BEGIN ', 'x://y', 'http://a:', 'A'].map(part =>
    part.repeat(300_000),
  );
  const start = performance.now();
  for (const text of long) credentialIn(text);
  t.true(performance.now() - start < 20_000);
});
