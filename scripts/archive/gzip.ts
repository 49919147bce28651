import {gzipSync} from 'fflate';

/**
 * Compressed by a library in JavaScript: what Node's zlib writes depends on the version of Node and
 * on the processor.
 */
export const gzipOf = (bytes: Uint8Array): Buffer => Buffer.from(gzipSync(bytes, {mtime: 0}));
