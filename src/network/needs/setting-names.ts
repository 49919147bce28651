/**
 * The last word of a setting whose value is the name of something inside a server, or of the pod
 * itself, and never a host. `db` needs a word before it: `--db` may be a host, `POSTGRES_DB` is
 * none.
 */
const notAHost =
  /(?:^|_)(?:database|schema|keyspace|collection|table|index|bucket|user|username|login|owner|role|password|passwd|secret|token|name|title|label|topic|queue|exchange|vhost|realm|profile|group|job|env|environment|namespace|description|summary|comment|message|dbname|app|component|container|image|id)s?$|[a-z]_?db$/;
/** Names of hosts all the same: `DB_HOST_NAME`, `server.name`, `dnsName`. */
const hostAfterAll = /(?:host|server|dns|domain)_?names?$/;

/** A name in one spelling: `DB_NAME`, `db.name`, `dbName` and `--db-name` are one. */
const spelled = (name: string): string =>
  name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();

/** Whether the value of a variable, key or option with that name cannot be a host. */
export function isNoHost(name: string): boolean {
  const setting = spelled(name);
  return notAHost.test(setting) && !hostAfterAll.test(setting);
}

const hostSetting = /^(.*?)(?:hostname|host|address|addr|server|datasource|endpoint|node)$/;
const portSetting = /^(.*?)(?:portvalue|portnumber|port)$/;

/** A name without marks, in lower case: `DB_HOST`, `db.host`, `--db-host` and `dbHost` are one. */
const plain = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();

/** What the name of a host and that of its port have in common: `db` of `DB_HOST`. */
export const hostStem = (name: string): string | undefined => hostSetting.exec(plain(name))?.[1];

/** The same for a port: `db` of `DB_PORT`. */
export const portStem = (name: string): string | undefined => portSetting.exec(plain(name))?.[1];

/** The port in a text that is nothing but one. */
export const portIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;

/** The ports among settings, by stem. */
export function portsByStem(
  settings: Iterable<readonly [name: string, value: string]>,
): ReadonlyMap<string, number> {
  const ports = new Map<string, number>();
  for (const [name, value] of settings) {
    const port = portIn(value);
    const stem = port === undefined ? undefined : portStem(name);
    if (port !== undefined && stem !== undefined) ports.set(stem, port);
  }
  return ports;
}

/** The port that stands apart from the host in the setting `name`. */
export function portBeside(name: string, ports: ReadonlyMap<string, number>): number | undefined {
  const stem = ports.size === 0 ? undefined : hostStem(name);
  return stem === undefined ? undefined : ports.get(stem);
}
