import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM texts. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What `--tls`, `--cert` and `--key` ask for. */
export interface TlsOptions {
  readonly tls?: boolean;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * The certificate to serve with: the given files, or one made for development and kept in the data directory.
 * @throws Error when only one of `cert` and `key` is given, or a file cannot be read.
 */
export async function loadCertificate(options: TlsOptions, directory: string): Promise<Certificate | undefined> {
  const { tls = false, cert, key } = options;
  if (cert !== undefined && key !== undefined)
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  if (cert !== undefined || key !== undefined)
    throw new Error(
      `--${cert === undefined ? 'key' : 'cert'} needs --${cert === undefined ? 'cert' : 'key'} beside it`,
    );
  return tls ? developmentCertificate(directory) : undefined;
}

/** SHA-256 of a certificate, to compare with what a browser shows. */
export const fingerprintOf = ({ cert }: Certificate): string => new X509Certificate(cert).fingerprint256;

async function developmentCertificate(directory: string): Promise<Certificate> {
  const certFile = join(directory, 'development-cert.pem');
  const keyFile = join(directory, 'development-key.pem');
  if (existsSync(certFile) && existsSync(keyFile)) {
    const cert = readFileSync(certFile, 'utf8');
    if (new X509Certificate(cert).validToDate > new Date()) return { cert, key: readFileSync(keyFile, 'utf8') };
  }
  // Loaded only here: it takes a tenth of a start that seldom needs it.
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  writeFileSync(keyFile, made.private, { mode: 0o600 });
  writeFileSync(certFile, made.cert, { mode: 0o644 });
  return { cert: made.cert, key: made.private };
}
