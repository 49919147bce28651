import test from 'ava';
import {resolvePolicy} from '../../src/config/resolve.ts';
import {refusalOf} from '../../src/findings/refusal.ts';
import {audit} from '../../src/harden.ts';
import {formats} from '../../src/report/formats.ts';

const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: a, image: a, ports: [{containerPort: 1, hostPort: 1}]}]}
`;
const exception = {
  rules: ['no-host-port'],
  match: {name: 'web'},
  reason: 'scraped',
  approver: 'platform',
  ticket: 'OPS-1',
  expires: '2030-06-30',
};

test('reports show who approved an exception, where and until when', t => {
  const policy = resolvePolicy({exceptions: [exception]});
  const report = {...audit(pod, 'a', policy, '2030-01-01'), policy, skipped: []};
  const finding = report.findings.find(({status}) => status === 'excepted');
  t.like(finding, {
    reason: 'scraped',
    approver: 'platform',
    ticket: 'OPS-1',
    expires: '2030-06-30',
  });
  const words = /scraped; approved by platform; `?OPS-1;`? until 2030-06-30/;
  for (const format of ['table', 'markdown', 'sarif'])
    t.regex(formats[format]?.(report) ?? '', words);
});

test('a strict policy refuses a stream if an entry has expired or matches nothing', t => {
  const other = {...exception, match: {name: 'api'}};
  const refusal = (strict: boolean, today: string) => {
    const policy = resolvePolicy({profiles: ['audit'], strict, exceptions: [exception, other]});
    return refusalOf(audit(pod, 'a', policy, today), policy);
  };
  t.is(refusal(false, '2031-01-01'), undefined);
  t.regex(
    refusal(true, '2030-01-01') ?? '',
    /^no-host-port, match \{name: "api"\} in the policy matches nothing/,
  );
  t.regex(
    refusal(true, '2031-01-01') ?? '',
    /^no-host-port, match \{name: "web"\} in the policy has expired; .*"api"\} in the policy has expired/,
  );
});
