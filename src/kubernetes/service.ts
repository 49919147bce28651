import {asList, asMap, asString, type JsonMap, type Path} from '../json.ts';
import {isPortNumber, type Protocol} from './container-port.ts';
import type {Labelled} from './label-index.ts';
import {isPortName} from './names.ts';
import type {Resource} from './resource.ts';
import type {StreamIndex} from './stream-index.ts';
import {protocolOf} from './workload.ts';

export interface Service extends Labelled {
  readonly resource: Resource;
  readonly labels: JsonMap;
  /** Absent if it has no selector: its endpoints come from elsewhere. */
  readonly selector?: JsonMap;
  readonly ports: readonly ServicePort[];
  /** Whether its name resolves to the addresses of the pods. */
  readonly isHeadless: boolean;
  readonly type: string;
}

export interface ServicePort {
  readonly name?: string;
  readonly number: number;
  readonly protocol: Protocol;
  /** The port of the pods, by number or name. */
  readonly target: number | string;
  readonly path: Path;
}

/** The Services of the stream, in order. */
export const servicesOf = (stream: StreamIndex): readonly Service[] =>
  stream
    .ofKind('Service')
    .filter(({group}) => group === '')
    .map(serviceOf);

function serviceOf(resource: Resource): Service {
  const spec = asMap(resource.value['spec']);
  const selector = asMap(spec?.['selector']);
  const isSelecting = selector !== undefined && Object.keys(selector).length > 0;
  return {
    resource,
    labels: asMap(asMap(resource.value['metadata'])?.['labels']) ?? {},
    ports: asList(spec?.['ports']).flatMap((item, index) => portOf(asMap(item), index)),
    isHeadless: spec?.['clusterIP'] === 'None',
    type: asString(spec?.['type']) ?? 'ClusterIP',
    ...(isSelecting ? {selector} : {}),
  };
}

function portOf(port: JsonMap | undefined, index: number): readonly ServicePort[] {
  const number = port?.['port'];
  if (port === undefined || !isPortNumber(number)) return [];
  const name = asString(port['name']);
  const target = port['targetPort'];
  const isGiven = typeof target === 'string' ? isPortName(target) : isPortNumber(target);
  return [
    {
      number,
      protocol: protocolOf(port),
      target: isGiven ? (target as number | string) : number,
      path: ['spec', 'ports', index],
      ...(name === undefined || name === '' ? {} : {name}),
    },
  ];
}
