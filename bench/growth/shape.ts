/** A stream that could cost more than its size, because everything is compared with everything. */
export interface Shape {
  readonly name: string;
  /** The arguments of kube-harden. */
  readonly args: readonly string[];
  /** The text of the policy file, if there is one. */
  readonly policy?: string;
  readonly stream: (count: number) => string;
  /** The smallest count that is measured; each further one is twice as large. */
  readonly from: number;
}
