import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface TestCertificates {
  /** File with the certificate of an authority that nobody else knows. */
  readonly authorityFile: string;
  /** For a server that is called `name`, as PEM. */
  readonly server: { readonly key: string; readonly cert: string };
}

/**
 * An authority of one's own and a certificate by it, made by openssl in `folder`. With fewer than no days its end is in
 * the past, as all certificates are on a machine whose clock is years ahead.
 */
export function makeCertificates(folder: string, name: string, days = 2): TestCertificates {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const newKey = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(...newKey, '-x509', '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=authority of a test');
  openssl(
    ...newKey,
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=DNS:${name}`,
  );
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-days', String(days), '-out', 'server.pem');
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  return { authorityFile: join(folder, 'ca.pem'), server: { key: read('server.key'), cert: read('server.pem') } };
}
