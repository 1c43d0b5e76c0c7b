import { describe, expect, it } from 'vitest';
import { identified, idsOf, left, parseVisitor, stranger } from '../src/identity.ts';

const ann = {
  ...stranger('d1'),
  ids: { user: 'ann', email: 'a@x' },
  traits: { plan: 'pro' },
  segments: ['vip'],
  properties: { app: 1 },
};

describe('whom a browser speaks for', () => {
  it('identifiers add up; null takes one away', () => {
    expect(identified(stranger('d1'), { user: 'ann' }).ids).toEqual({ user: 'ann' });
    expect(identified(ann, { phone: '1', email: null })).toMatchObject({
      ids: { user: 'ann', phone: '1' },
      traits: { plan: 'pro' },
    });
  });

  it('another user is another person: nothing of the one before is theirs', () => {
    expect(identified(ann, { user: 'bob' })).toEqual({
      ...stranger('d1'),
      ids: { user: 'bob' },
      properties: { app: 1 },
    });
    expect(identified({ ...ann, ids: { user: 42 } }, { user: '42' }).traits).toEqual({ plan: 'pro' });
  });

  it('after a logout the device is in nobody’s hands', () => {
    expect(left(ann)).toEqual({ ...stranger('d1'), properties: { app: 1 } });
    expect(idsOf(left(ann))).toEqual({ device: 'd1' });
  });

  it('a device that is given becomes the visitor’s', () => {
    expect(idsOf(identified(ann, { device: 'd2' }))).toEqual({ device: 'd2', user: 'ann', email: 'a@x' });
  });

  it.each([null, '', '{', 'null', '[]', '{"device":1}'])('what is damaged is nobody: %s', (text) => {
    expect(parseVisitor(text)).toBeUndefined();
  });
  it('what an older version kept is filled up', () => {
    expect(parseVisitor('{"device":"d1"}')).toEqual(stranger('d1'));
  });
});
