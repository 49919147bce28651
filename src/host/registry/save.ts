import {open} from 'node:fs/promises';

/** Writes `parts` into `file`, which only the user can read; what was in it is gone. */
export async function saveParts(parts: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    for await (const part of parts) await handle.writeFile(part);
  } finally {
    await handle.close();
  }
}
