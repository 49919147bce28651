import type {Descriptor} from '../../images/manifest.ts';

/** Something that has images: a registry, a folder or an archive. */
export interface ImageSource {
  /** Its name in messages. */
  readonly name: string;
  /** Whether the digest of a manifest here is that of a registry. */
  readonly hasDigests: boolean;
  /** The manifest that a tag or a digest stands for. @throws {ImageError} if there is none */
  manifest(what: string): Promise<{readonly bytes: Uint8Array; readonly digest: string}>;
  /** A blob, whole and as its digest says. @throws {ImageError} if it is anything else, or too long */
  blob(descriptor: Descriptor, most: number): Promise<Uint8Array>;
  /** Writes a long blob into a file, as its digest says. @throws {ImageError} if it is anything else, or too long */
  save(descriptor: Descriptor, most: number, file: string): Promise<void>;
}
