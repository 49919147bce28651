import {UsageError} from '../../errors.ts';
import {referenceOf, repositoryOf} from '../../images/reference.ts';
import {findProgram, ignoredFolders} from '../find-program.ts';
import {ProgramError, runProgram} from '../run-program.ts';

/** The user's own cosign, with what it is asked for. */
export interface Cosign {
  /** The key or the identity, as the lock file names it. */
  readonly by: string;
  /** @throws {CosignError} if the image with this digest is not signed so */
  readonly verify: (name: string, digest: string) => Promise<void>;
}

/** Cosign has not verified an image. The message is the reason, for the user. */
export class CosignError extends Error {
  override readonly name = 'CosignError';
}

interface CosignValues {
  readonly verify?: boolean | undefined;
  readonly 'cosign-key'?: string | undefined;
  readonly 'cosign-identity'?: string | undefined;
  readonly 'cosign-issuer'?: string | undefined;
}

/** Signatures are looked up in a registry, and perhaps in a transparency log. */
const timeLimit = 60_000;

/** The cosign on the PATH, if `values` ask for it. @throws {UsageError} if it is not there, or not told whom to trust */
export function cosignFrom(values: CosignValues, signal: AbortSignal): Cosign | undefined {
  const {verify, 'cosign-key': key, 'cosign-identity': identity, 'cosign-issuer': issuer} = values;
  if (verify !== true) return undefined;
  const isKeyless = identity !== undefined && issuer !== undefined;
  if ((key === undefined) === !isKeyless) {
    throw new UsageError(
      '--verify needs --cosign-key, or both --cosign-identity and --cosign-issuer',
    );
  }
  const executable = findProgram('cosign', process.env);
  if (executable === undefined) {
    throw new UsageError(
      `--verify needs \`cosign\`, which is not on the PATH: install it ${ignoredFolders}`,
    );
  }
  const trust =
    key === undefined
      ? [`--certificate-identity=${identity}`, `--certificate-oidc-issuer=${issuer}`]
      : [`--key=${key}`];
  return {
    by: key === undefined ? `identity ${identity} of ${issuer}` : `key ${key}`,
    verify: async (name, digest) => {
      const image = `${repositoryOf(referenceOf(name))}@${digest}`;
      const args = ['verify', '--output=json', ...trust, '--', image];
      try {
        await runProgram({name: 'cosign', executable, args, env: {}, timeLimit}, signal);
      } catch (error) {
        if (!(error instanceof ProgramError)) throw error;
        const [line = ''] = error.said.split('\n').filter(each => each.trim() !== '');
        throw new CosignError(`cosign says: ${line === '' ? error.message : line}`, {cause: error});
      }
    },
  };
}
