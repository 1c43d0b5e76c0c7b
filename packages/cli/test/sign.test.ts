import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signTraits } from '../src/commands/sign.ts';

describe('signTraits', () => {
  it("makes the published sample of SPiD's traits page, character by character", () => {
    const sample = {
      'Subscribed since': '2012-11-20',
      'Newsletter subscriber': true,
      'Goals reached': 12,
      'Account type': 'Personal',
      algorithm: 'HMAC-SHA256',
      t: 1372150257.11,
    };
    const [signature, payload = ''] = signTraits(sample, 'test', 0).split('.');
    expect(payload.endsWith('MTUwMjU3LjExfQ')).toBe(true);
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toEqual(sample);
    expect(signature).toBe(createHmac('sha256', 'test').update(payload).digest('base64url'));
  });

  it('adds the algorithm and the time of signing', () => {
    const payload = signTraits({ plan: 'pro' }, 'secret', 17.5).split('.')[1] ?? '';
    expect(Buffer.from(payload, 'base64url').toString()).toBe('{"plan":"pro","algorithm":"HMAC-SHA256","t":17.5}');
  });

  it('binds it to a project and to one use, where that is asked for', () => {
    const said = () => {
      const payload = signTraits({ plan: 'pro' }, 'secret', 17.5, { project: 'shop', once: true }).split('.')[1] ?? '';
      return JSON.parse(Buffer.from(payload, 'base64url').toString());
    };
    const one = said();
    expect(one).toMatchObject({
      plan: 'pro',
      t: 17.5,
      $audience: 'shop',
      $nonce: expect.stringMatching(/^[!-~]{20,100}$/),
    });
    expect(said().$nonce).not.toBe(one.$nonce);
  });
});
