import { expect, it } from 'vitest';
import { safeUrl } from './safe-url.ts';

it.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:http://example.com/x',
  '//example.com/x',
  '/relative',
  'http:',
  'https://',
  'http://[',
  '',
])('[S34] %j is no link', (text) => {
  expect(safeUrl(text)).toBeUndefined();
});

it.each(['http://example.com/', 'https://example.com/a?b=c#d', 'HTTPS://EXAMPLE.COM/'])('%j is a link', (text) => {
  expect(safeUrl(text)).toMatch(/^https?:\/\//);
});
