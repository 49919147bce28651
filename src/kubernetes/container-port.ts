export interface ContainerPort {
  /** Absent where the pod does not name it. */
  readonly name?: string;
  readonly number: number;
  readonly protocol: Protocol;
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
