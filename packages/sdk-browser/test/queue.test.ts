import { describe, expect, it } from 'vitest';
import { BATCH_BYTES, backoff, leastWanted, maySend, nameOf, nextBatch, outcomeOf } from '../src/queue.ts';

const item = (name: string, json = '{"type":"track"}') => ({ name, json });

describe('the queue', () => {
  it('names sort by time, then by order within the page', () => {
    const names = [
      nameOf(2_000_000_000_000, 1, 'b'),
      nameOf(2_000_000_000_000, 11, 'a'),
      nameOf(2_000_000_000_001, 2, 'a'),
    ];
    expect([...names].reverse().sort()).toEqual(names);
  });

  it('a request holds at most fifty items, and what a browser lets outlive a page', () => {
    expect(nextBatch(Array.from({ length: 60 }, (_, i) => item(String(i))))).toHaveLength(50);
    const large = item('a', 'é'.repeat(BATCH_BYTES / 4));
    expect(nextBatch([large, large, large])).toHaveLength(1);
    expect(nextBatch([item('a', 'x'.repeat(BATCH_BYTES * 2)), large])).toHaveLength(1);
    expect(nextBatch([])).toHaveLength(0);
  });

  it('another page’s item is left to it for five seconds, and taken when a clock was set back', () => {
    const name = nameOf(1_700_000_000_000, 1, 'x');
    const after = (ms: number, isMine = false) => maySend(name, isMine, 1_700_000_000_000 + ms);
    expect([after(0), after(0, true), after(4_999), after(5_001), after(-6_000)]).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
  });

  it('gives up the oldest event before anything that says who somebody is', () => {
    const login = item('1', '{"type":"login"}');
    expect(leastWanted([login, item('2'), item('3')])?.name).toBe('2');
    expect(leastWanted([login])?.name).toBe('1');
  });

  it.each([
    ['200 of ours', { status: 200, text: '{"results":[{"status":"applied"}]}' }, { type: 'taken' }],
    ['200 of a hotel’s login page', { status: 200, text: '<html>' }, { type: 'later', notBefore: 0 }],
    ['200 with too few results', { status: 200, text: '{"results":[]}' }, { type: 'later' }],
    ['400', { status: 400, text: '' }, { type: 'refused' }],
    ['413', { status: 413, text: '' }, { type: 'refused' }],
    ['401', { status: 401, text: '' }, { type: 'later', notBefore: 0 }],
    ['503', { status: 503, text: '' }, { type: 'later', notBefore: 0 }],
    ['no answer', { status: 0, text: '' }, { type: 'later', reason: 'no answer', notBefore: 0 }],
    ['429, in seconds', { status: 429, text: '', retryAfter: '7' }, { type: 'later', notBefore: 8_000 }],
    ['429, a date', { status: 429, text: '', retryAfter: 'Thu, 01 Jan 1970 00:00:09 GMT' }, { notBefore: 9_000 }],
    ['429, in the past', { status: 429, text: '', retryAfter: 'Thu, 01 Jan 1970 00:00:00 GMT' }, { notBefore: 0 }],
    ['429, in a year', { status: 429, text: '', retryAfter: '31536000' }, { notBefore: 3_601_000 }],
    ['429, nonsense', { status: 429, text: '', retryAfter: 'soon' }, { notBefore: 0 }],
  ])('%s', (_, answer, outcome) => {
    expect(outcomeOf(answer, 1, 1_000)).toMatchObject(outcome);
  });

  it('waits twice as long each time, up to five minutes, never the same for two clients', () => {
    expect([1, 2, 3, 20].map((failures) => backoff(failures, 1))).toEqual([1_000, 2_000, 4_000, 300_000]);
    expect(backoff(3, 0)).toBe(2_000);
  });
});
