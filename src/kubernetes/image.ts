/** The parts of the name of an image. */
export interface Image {
  readonly registry: string;
  /** With the registry. */
  readonly repository: string;
  /** `latest` if it has neither a tag nor a digest. */
  readonly tag: string;
  readonly digest: string;
}

/** As container runtimes read a name: the first part is a registry if it looks like a host. */
export function imageOf(text: string): Image {
  const [name = '', digest = ''] = text.split('@', 2);
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  const repository = colon === -1 ? name : name.slice(0, colon);
  const [first = '', ...rest] = repository.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const registry = !isHost || first === 'index.docker.io' ? 'docker.io' : first;
  const path = isHost ? rest.join('/') : repository;
  const isOfficial = registry === 'docker.io' && !path.includes('/');
  const tag = colon === -1 ? '' : name.slice(colon + 1);
  return {
    registry,
    repository: `${registry}/${isOfficial ? 'library/' : ''}${path}`,
    tag: tag === '' && digest === '' ? 'latest' : tag,
    digest,
  };
}
