import { describe, expect, it } from 'vitest';
import { isAddressIn, isNetwork } from '../src/http/networks.ts';

describe('networks', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.8', '192.0.2.7', false],
    ['192.0.2.255', '192.0.2.0/24', true],
    ['192.0.3.0', '192.0.2.0/24', false],
    ['198.51.100.1', '0.0.0.0/0', true],
    ['::ffff:192.0.2.7', '192.0.2.0/24', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:DB8:0:0::1', '2001:db8::1', true],
    ['::1', '127.0.0.0/8', false],
    ['', '0.0.0.0/0', false],
  ])('“%s” and %s: %s', (address, network, isIn) => {
    expect(isAddressIn(address, ['203.0.113.1', network])).toBe(isIn);
  });

  it('no network holds nobody', () => expect(isAddressIn('192.0.2.7', [])).toBe(false));

  it.each(['', 'localhost', '192.0.2', '192.0.2.0/', '192.0.2.0/33', '192.0.2.0/2/4', '192.0.2.0/-1', '::/129', '/8'])(
    '“%s” is none',
    (text) => expect(isNetwork(text)).toBe(false),
  );
});
