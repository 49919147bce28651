import type {ImageFacts} from '../images/facts.ts';
import {isPrivilegedPort} from '../kubernetes/container-port.ts';

/** The ports below 1024 that an image declares, each with its protocol: `80/tcp`. */
export const privilegedPortsOf = (facts: ImageFacts | undefined): readonly string[] =>
  (facts?.ports ?? []).filter(port => isPrivilegedPort(Number.parseInt(port, 10)));
