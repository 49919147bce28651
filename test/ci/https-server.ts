import {mkdtempSync, readFileSync} from 'node:fs';
import {createServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import {execa} from 'execa';

/**
 * Serves a file on loopback until the test ends; `/redirect` below it leads to a URL without TLS.
 *
 * @returns the URL of the file, and the certificate by which a client can trust the server
 */
export async function serveFile(
  t: ExecutionContext,
  file: string,
): Promise<{readonly url: string; readonly certificate: string}> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kube-harden-server-'));
  const key = path.join(folder, 'key.pem');
  const certificate = path.join(folder, 'certificate.pem');
  await execa('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
  ]);
  const content = readFileSync(file);
  const server = createServer(
    {key: readFileSync(key), cert: readFileSync(certificate)},
    ({url}, response) => {
      if (url === '/file/redirect') response.writeHead(302, {location: 'http://localhost/'});
      response.end(url === '/file' ? content : '');
    },
  );
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve));
  t.teardown(() => server.close());
  return {url: `https://localhost:${(server.address() as AddressInfo).port}/file`, certificate};
}
