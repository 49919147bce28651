/** A stream that could cost more than its size: what grows with its square when all is compared with all. */
export interface Shape {
  readonly name: string;
  /** What is done with the stream: the arguments of kube-harden. */
  readonly args: readonly string[];
  /** The policy file's text; absent for none. */
  readonly policy?: string;
  readonly stream: (count: number) => string;
  /** The smallest count that is measured; each further one is twice as large. */
  readonly from: number;
}
