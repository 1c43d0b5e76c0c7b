import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signIdentity, signTraits, verify, verifyWebhook } from '../src/edge.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

/** The published example of the traits page, signed with `test`; from 2013. */
const PUBLISHED =
  'zOJ7x_oA3vS2V2Gr7FVMDFHoRh1HhV_hNSVxfcdZuVE.eyJTdWJzY3JpYmVkIHNpbmNlIjoiMjAxMi0xMS0yMCIsIk5ld3NsZXR0ZXIgc3Vic2NyaWJlciI6dHJ1ZSwiR29hbHMgcmVhY2hlZCI6MTIsIkFjY291bnQgdHlwZSI6IlBlcnNvbmFsIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJ0IjoxMzcyMTUwMjU3LjExfQ';

describe('signed texts', () => {
  it('a documented answer verifies with its documented secret (S5)', async () => {
    const text = 'vlXgu64BQGFSQrY0ZcJBZASMvYvTHu9GQ0YM9rjPSso.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsIjAiOiJwYXlsb2FkIn0';
    expect(await verify(text, 'secret')).toEqual({ ok: true, payload: { algorithm: 'HMAC-SHA256', 0: 'payload' } });
  });

  it('what is signed is verified, and says when', async () => {
    const traits = await signTraits({ plan: 'pro', ø: ['å'] }, 'test', { sub: '42' });
    expect(await verify(traits, 'test')).toMatchObject({
      ok: true,
      payload: { plan: 'pro', ø: ['å'], sub: '42', algorithm: 'HMAC-SHA256' },
    });
    const identity = await signIdentity({ user: '42' }, 'test');
    expect(await verify(identity, 'test')).toMatchObject({
      ok: true,
      payload: { use: 'identity', ids: { user: '42' } },
    });
  });

  it('says for which project it is and that it counts once, where that is asked for', async () => {
    const said = async (text: string) => {
      const verified = await verify(text, 'test');
      return verified.ok ? verified.payload : undefined;
    };
    const options = { project: 'shop', once: true };
    const texts = [
      await signTraits({ plan: 'pro' }, 'test', options),
      await signIdentity({ user: '42' }, 'test', options),
      await signIdentity({ user: '42' }, 'test', options),
    ];
    const payloads = await Promise.all(texts.map(said));
    for (const one of payloads)
      expect(one).toMatchObject({ $audience: 'shop', $nonce: expect.stringMatching(/^[!-~]{20,100}$/) });
    expect(new Set(payloads.map((one) => one?.['$nonce'])).size).toBe(3);
    const plain = Object.keys((await said(await signIdentity({ user: '42' }, 'test', { once: false }))) ?? {});
    expect(plain).toEqual(['use', 'ids', 'algorithm', 't']);
  });

  it('every edit of one character is refused, and so is another secret (S6)', async () => {
    const text = await signTraits({ plan: 'pro' }, 'test');
    expect(await verify(text, 'Test')).toMatchObject({ ok: false });
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= ';
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(...letters), async (at, letter) => {
        const edited = text.slice(0, at) + letter + text.slice(at + 1);
        fc.pre(edited !== text);
        expect((await verify(edited, 'test')).ok).toBe(false);
      }),
    );
  });

  it('stale is refused unless age does not matter (S7)', async () => {
    const old = await signTraits({ plan: 'pro' }, 'test', { t: 1_372_150_257.11 });
    expect(await verify(old, 'test')).toMatchObject({ ok: false, reason: /long ago/ });
    expect(await verify(old, 'test', { maxAgeSeconds: null })).toMatchObject({ ok: true });
  });

  it.each(['', '.', 'a', 'a.b.c', PUBLISHED.slice(1)])('is none: %s', async (text) => {
    expect(await verify(text, 'test', { maxAgeSeconds: null })).toMatchObject({ ok: false });
  });
});

describe('webhooks', () => {
  const secret = `whsec_${Buffer.from('a secret of a webhook, long').toString('base64')}`;
  const signed = (body: string, at = new Date()) => ({
    'webhook-id': 'm1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('m1', at, body),
  });

  it('one that the reference library signs is verified, from plain headers and from fetch’s', async () => {
    const headers = signed('{"type":"event"}');
    const answer = { ok: true, payload: { type: 'event' } };
    expect(await verifyWebhook('{"type":"event"}', headers, secret)).toEqual(answer);
    expect(await verifyWebhook('{"type":"event"}', new Headers(headers), ['whsec_AAAA', secret])).toEqual(answer);
    const two = { ...headers, 'webhook-signature': `v1a,nonsense v1,!! ${headers['webhook-signature']}` };
    expect(await verifyWebhook('{"type":"event"}', two, secret)).toEqual(answer);
  });

  it.each([
    ['another body', () => verifyWebhook('{}', signed('{"a":1}'), secret)],
    ['another secret', () => verifyWebhook('{}', signed('{}'), 'whsec_AAAA')],
    ['an old one', () => verifyWebhook('{}', signed('{}', new Date(Date.now() - 301_000)), secret)],
    ['no signature', () => verifyWebhook('{}', { 'webhook-id': 'm1', 'webhook-timestamp': '1' }, secret)],
  ])('refused: %s', async (_, check) => {
    expect((await check()).ok).toBe(false);
  });
});
