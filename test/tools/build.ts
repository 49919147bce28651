import {createHash} from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {ExecaError, execa} from 'execa';
import type {GoTool} from './catalog.ts';
import {binFolder, repository} from './tools.ts';

/**
 * Builds missing tools into `.tools/bin`: a tool with the right version is kept.
 *
 * @returns why a tool could not be built, by its name
 */
export async function buildMissing(tools: readonly GoTool[]): Promise<ReadonlyMap<string, string>> {
  const reasons = new Map<string, string>();
  mkdirSync(binFolder, {recursive: true});
  for (const tool of tools.filter(tool => !isInstalled(tool))) {
    process.stderr.write(`building ${tool.name} (once, some minutes) …\n`);
    try {
      await build(tool);
    } catch (error) {
      process.stderr.write(`COULD NOT BUILD ${tool.name}: ${messageOf(error)}\n`);
      reasons.set(tool.name, error instanceof ExecaError ? error.shortMessage : messageOf(error));
    }
  }
  return reasons;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const isInstalled = (tool: GoTool): boolean =>
  existsSync(path.join(binFolder, tool.name)) &&
  existsSync(stampFile(tool)) &&
  readFileSync(stampFile(tool), 'utf8') === stampOf(tool);

const stampFile = (tool: GoTool): string => path.join(binFolder, `${tool.name}.version`);

/** What the executable was built from: a module's version, or a hash of the folder's files and variables. */
function stampOf({source}: GoTool): string {
  if ('module' in source) return `${source.module}@${source.version}\n`;
  const folder = path.join(repository, source.folder);
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) {
    if (/\.go$|^go\.(?:mod|sum)$/.test(file)) hash.update(readFileSync(path.join(folder, file)));
  }
  if (source.variables !== undefined) hash.update(JSON.stringify(source.variables));
  return `${source.folder} ${hash.digest('hex')}\n`;
}

async function build(tool: GoTool): Promise<void> {
  const {source} = tool;
  const scratch = path.join(binFolder, `build-${tool.name}-${process.pid}`);
  mkdirSync(scratch, {recursive: true});
  if ('module' in source) {
    await execa('go', ['install', `${source.module}@${source.version}`], {
      env: {GOBIN: scratch, GOFLAGS: ''},
    });
  } else {
    const variables = Object.entries(source.variables ?? {}).map(pair => `-X ${pair.join('=')}`);
    const ldflags = `-ldflags=${['-s', '-w', ...variables].join(' ')}`;
    await execa('go', ['build', ldflags, '-o', path.join(scratch, tool.name), '.'], {
      cwd: path.join(repository, source.folder),
    });
  }
  const [executable] = readdirSync(scratch);
  if (executable === undefined) throw new Error(`go made no executable for ${tool.name}`);
  renameSync(path.join(scratch, executable), path.join(binFolder, tool.name));
  rmSync(scratch, {recursive: true});
  writeFileSync(stampFile(tool), stampOf(tool));
}
