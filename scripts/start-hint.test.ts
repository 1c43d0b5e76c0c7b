import { expect, test } from 'vitest';
import { simulateHere } from './start-hint.ts';

test.each([
  ['http://127.0.0.1:4400', '/clone/data', 'npx selfsame simulate'],
  ['http://127.0.0.1:4720', '/clone/data', 'npx selfsame simulate --url http://127.0.0.1:4720'],
  ['http://127.0.0.1:4400', '/my data', "npx selfsame simulate --data '/my data'"],
])('what is printed to copy reaches the server that printed it: %s, %s', (url, data, command) => {
  expect(simulateHere({ url, data }, '/clone/data')).toBe(command);
});
