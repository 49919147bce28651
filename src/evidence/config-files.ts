import type {Resource} from '../kubernetes/resource.ts';
import {configTextsOf} from '../network/needs/pod-texts.ts';
import {privilegedUse} from './commands.ts';

/** A file of a ConfigMap or Secret that does what needs privileges if it is run. */
interface PrivilegedFile {
  readonly name: string;
  /** Whether it is certainly a script. */
  readonly isScript: boolean;
  /** What it does, to follow its name. */
  readonly use: string;
}

/** The files of one ConfigMap or Secret, read once however many containers mount it. */
export class ConfigFiles {
  readonly #resource: Resource;
  #privileged: readonly PrivilegedFile[] | undefined;
  #text: string | undefined;

  constructor(resource: Resource) {
    this.#resource = resource;
  }

  /** `ConfigMap "init"`. */
  get title(): string {
    return `${this.#resource.kind} "${this.#resource.name}"`;
  }

  /** The first files that need privileges, the scripts before all others. */
  get privileged(): readonly PrivilegedFile[] {
    this.#privileged ??= [...this.#findPrivileged()]
      .sort((one, other) => Number(other.isScript) - Number(one.isScript))
      .slice(0, mostFiles);
    return this.#privileged;
  }

  /** All files, one after the other. */
  get text(): string {
    this.#text ??= [...configTextsOf(this.#resource)].map(({text}) => text).join('\n');
    return this.#text;
  }

  *#findPrivileged(): Iterable<PrivilegedFile> {
    for (const {key, text} of configTextsOf(this.#resource)) {
      const use = privilegedUse(text);
      if (use !== undefined) yield {name: key, isScript: isScript(key, text), use};
    }
  }
}

/** How many files each container is asked about, which bounds the cost of a hostile stream. */
const mostFiles = 100;

const isScript = (name: string, text: string): boolean =>
  text.startsWith('#!') || /[.](?:sh|bash)$/.test(name);
