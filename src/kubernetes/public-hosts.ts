import {asString, valueAt} from '../json.ts';
import {stepsOf} from './pod-places.ts';
import {expand} from './pod-templates.ts';
import type {Resource} from './resource.ts';

/** Where the kinds of public routes name the hosts that they serve. */
const hostPlaces = [
  'spec.host',
  'spec.hostnames.*',
  'spec.hosts.*',
  'spec.listeners.*.hostname',
  'spec.routes.*.match',
  'spec.rules.*.host',
  'spec.servers.*.hosts.*',
  'spec.virtualhost.fqdn',
].map(stepsOf);

function* hostsIn({value}: Resource): Iterable<string> {
  for (const steps of hostPlaces) {
    for (const path of expand(value, steps)) {
      const host = asString(valueAt(value, path)) ?? '';
      if (host !== '') yield host;
    }
  }
}

/** The hosts that a public route serves, each once; none if it serves every host. */
export const publicHostsOf = (resource: Resource): readonly string[] => [
  ...new Set(hostsIn(resource)),
];
