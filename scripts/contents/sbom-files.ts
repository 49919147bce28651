import {architectures} from '../debian-packages.ts';
import {targets} from '../executable-path.ts';
import {imageSbom} from '../image/build-image.ts';
import {packageJson} from '../package-json.ts';
import {sbomOf} from './sbom.ts';

/** The bills of materials of all that is published, by the names of their files. */
export async function sbomFiles(seconds: number): Promise<Readonly<Record<string, string>>> {
  const name = `${packageJson.name}-${packageJson.version}`;
  const files: Record<string, string> = {[`${name}.cdx.json`]: await sbomOf({seconds})};
  for (const target of targets) {
    files[`${name}-${target}.cdx.json`] = await sbomOf({target, seconds});
  }
  for (const architecture of architectures) {
    files[`${name}-image-${architecture}.cdx.json`] = await imageSbom(architecture, seconds);
  }
  return files;
}
