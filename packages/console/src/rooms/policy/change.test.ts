import { expect, it } from 'vitest';
import { bodyOf, changed, inWords } from './change.ts';

const now = {
  strategy: 'default',
  loginIds: 'user, email',
  reuseAnonymousAtLogout: 'no',
  sharedDevice: 'by-interval',
};

it('only what was changed is sent, in the shape of the policy', () => {
  expect(changed(now, { ...now, loginIds: ' user  email,' })).toEqual([]);
  const changes = changed(now, {
    ...now,
    loginIds: 'user',
    reuseAnonymousAtLogout: 'yes',
    sharedDevice: 'first-login',
  });
  expect(bodyOf(changes)).toEqual({
    directory: { loginIds: ['user'], reuseAnonymousAtLogout: true },
    sharedDevice: 'first-login',
  });
  expect(changes.map(inWords)).toContain('shared devices: by-interval → first-login');
  expect(bodyOf(changed(now, { ...now, sharedDevice: 'last-login' }))).toEqual({ sharedDevice: 'last-login' });
});
