import type {Json} from '../json.ts';

export interface ContainerPort {
  /** Absent if the pod gives it no name. */
  readonly name?: string;
  readonly number: number;
  readonly protocol: Protocol;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

/** The first port that a process may listen on without a privilege: Linux' `ip_unprivileged_port_start`. */
export const firstUnprivilegedPort = 1024;

/** Whether a value is the number of a port that needs root or NET_BIND_SERVICE to listen on. */
export const isPrivilegedPort = (port: Json | undefined): boolean =>
  typeof port === 'number' && port > 0 && port < firstUnprivilegedPort;

/** Whether `value` is the number of a port: with any other the API server refuses the object. */
export const isPortNumber = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
