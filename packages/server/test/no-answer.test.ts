import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { noAnswerOf } from '../src/delivery/outbound/no-answer.ts';
import { createPost } from '../src/delivery/outbound/post.ts';
import { loadCertificate } from '../src/http/tls.ts';

/** What is said of a URL of 127.0.0.1. */
async function saidOf(url: string) {
  const post = createPost({ allowed: ['127.0.0.1'] });
  onTestFinished(() => post.close());
  return post(url, { headers: {}, body: 'x', timeoutMs: 20_000, signal: new AbortController().signal });
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve(undefined))));
  return (server.address() as AddressInfo).port;
}

describe('what a connection fails on is said in words that help, with its code', () => {
  it('nothing listens', async () => {
    // Nobody but root may listen there, and nobody does.
    expect(await saidOf('http://127.0.0.1:1/')).toEqual({
      code: 'ECONNREFUSED',
      failure:
        'nothing listens at its address: start the receiver, or correct the host and port of the URL (ECONNREFUSED)',
    });
  });

  it('a certificate of nobody known', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'selfsame-no-answer-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const certificate = await loadCertificate({ tls: true }, directory);
    const port = await portOf(createServer({ ...certificate }));
    expect(await saidOf(`https://127.0.0.1:${port}/`)).toMatchObject({
      code: expect.stringContaining('SELF_SIGNED_CERT'),
      failure: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  it('https to a port without TLS, and HTTP to one that speaks something else', async () => {
    const port = await portOf(
      createPlainServer((socket) => {
        socket.on('error', () => {}).once('data', () => socket.end('220 mail here\r\n'));
      }),
    );
    expect(await saidOf(`https://127.0.0.1:${port}/`)).toMatchObject({
      failure: expect.stringContaining('it speaks no TLS at that port'),
    });
    expect(await saidOf(`http://127.0.0.1:${port}/`)).toMatchObject({
      code: expect.stringMatching(/^HPE_/),
      failure: expect.stringContaining('what it answered is not HTTP'),
    });
  });

  it.each([
    ['ENOTFOUND', 'the name in its URL leads nowhere'],
    ['EAI_AGAIN', 'could not be looked up just now'],
    ['ETIMEDOUT', 'no connection came about'],
    ['EHOSTUNREACH', 'no way leads to its address'],
    ['CERT_HAS_EXPIRED', 'its certificate has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'does not trust who issued its certificate'],
    ['CERT_SIGNATURE_FAILURE', 'its certificate cannot be checked'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'or none that this server speaks'],
    ['ESOMETHING', 'the connection failed'],
  ])('%s: %s', (code, words) => {
    const said = noAnswerOf(Object.assign(new Error('of 10.1.2.3 and ann@example.com'), { code }));
    expect(said).toEqual({ code, failure: expect.stringContaining(words) });
    // Put into sentences of the console and the command line: one line, no full stop, the code last.
    expect(said.failure).toMatch(new RegExp(`^[a-z][^\\n]+ \\(${code}\\)$`));
    expect(said.failure).not.toMatch(/10\.1\.2\.3|@/);
  });

  it('an error without a code, or with one that is none', () => {
    for (const error of [new Error('of ann@example.com'), Object.assign(new Error(''), { code: 'ann@example.com' })])
      expect(noAnswerOf(error)).toEqual({
        code: 'failed',
        failure: 'the connection failed: see whether the receiver runs',
      });
  });
});
