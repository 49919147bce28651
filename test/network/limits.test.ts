import test from 'ava';
import {shapes} from '../../bench/growth/shapes/index.ts';
import {UsageError} from '../../src/errors.ts';
import {harden} from '../../src/harden.ts';
import {policyOf} from '../../src/library.ts';
import {networkReport} from '../../src/network-report.ts';
import {readStream} from '../../src/stream/manifest-stream.ts';

/** The error message for the stream of a shape, or undefined if it is processed. */
function outcomeOf(name: string, count: number): string | undefined {
  const {args, stream} = shapes.find(shape => shape.name === name) ?? {};
  if (stream === undefined) throw new Error(`no shape is called "${name}"`);
  const ingress = name.includes('ConfigMap') || name.includes('Monitors') ? 'least' : 'workloads';
  const profile = args?.includes('strict') === true ? 'strict' : 'essential';
  const policy = policyOf({profile, networkPolicy: {ingress}});
  try {
    if (args?.[0] === 'network') networkReport(readStream(stream(count), 'in'), policy);
    else harden(stream(count), 'in', policy);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

for (const [name, count, message] of [
  [
    'Services of different selectors and one port × workloads that each selects',
    3500,
    /more than 10,000,000 paths/,
  ],
  [
    'one ConfigMap that names every Service, mounted by every workload',
    350,
    /would have more than 100,000 rules: choose `workloads` or `release`/,
  ],
  ['ServiceMonitors × Services that each selects', 1100, /more than 1,000,000 connections/],
  ['a container with a name of 400 kB and many mounts', 2000, /names that are far too long/],
  ['one pod of containers that say nothing', 60_000, /more than 250,000 findings/],
  [
    'network: one policy with as many peers and ports as workloads',
    150,
    /more than 2,000,000 ports and selectors/,
  ],
  ['network: policies whose peers each name other workloads', 500, /more than 200,000 connections/],
] as const) {
  test(`${count} ${name}: an error bounds the work`, t => {
    t.regex(outcomeOf(name, count) ?? 'no error', message);
  });
}

for (const [name, count] of [
  ['webhooks × Services of one name', 1000],
  ['policies that select all but one (NotIn) × workloads', 16_000],
  ['policies that select none (NotIn) × workloads', 16_000],
  ['policies of Cilium that select all but one × workloads', 16_000],
  ['policies of Calico that select none × workloads', 16_000],
  ['one policy with all names as values (In) × workloads', 16_000],
  ['ServiceMonitors × Services, with `workloads`', 700],
  ['one ConfigMap of many files that many pods mount', 4000],
  ['Jobs of one label', 8000],
  ['one ConfigMap that names every Service, mounted by every workload', 100],
] as const) {
  test(`${count} ${name}: is worked out`, t => {
    t.is(outcomeOf(name, count), undefined);
  });
}
