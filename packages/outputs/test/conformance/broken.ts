import type { Output, Sent } from '../../src/index.ts';

/** An output broken on purpose, and the law that must notice. */
export interface BrokenOutput {
  readonly fault: string;
  readonly caughtBy: string;
  /** Which outputs it can be seen of; absent: all. */
  concerns?(output: Output): boolean;
  breakIt(output: Output): Output;
}

/** Changes what it says became of each item. */
const saying = (output: Output, say: (sent: Sent, nth: number) => Sent): Output => ({
  ...output,
  send: async (batch, link) => (await output.send(batch, link)).map(say),
});

export const brokenOutputs: readonly BrokenOutput[] = [
  {
    fault: 'numbers what it says',
    caughtBy: 'B1',
    breakIt(output) {
      let said = 0;
      return {
        ...output,
        render(delivery) {
          const rendered = output.render(delivery);
          return rendered === 'skip' ? rendered : { ...rendered, body: `${rendered.body} ${++said}` };
        },
      };
    },
  },
  {
    fault: 'forgets the last of a batch',
    caughtBy: 'B2',
    breakIt: (output) => ({ ...output, send: async (batch, link) => (await output.send(batch, link)).slice(1) }),
  },
  {
    fault: 'rejects for an answer that is no JSON',
    caughtBy: 'B2',
    breakIt: (output) => ({
      ...output,
      send: (batch, link) =>
        output.send(batch, {
          ...link,
          async post(url, message) {
            const reply = await link.post(url, message);
            if ('body' in reply) JSON.parse(reply.body);
            return reply;
          },
        }),
    }),
  },
  {
    fault: 'takes a redirect for an answer',
    caughtBy: 'B3',
    breakIt: (output) => saying(output, (sent) => ('status' in sent && sent.status === 307 ? { type: 'done' } : sent)),
  },
  {
    fault: 'gives up what timed out',
    caughtBy: 'B3',
    breakIt: (output) =>
      saying(output, (sent) =>
        sent.type === 'retry' && sent.why === 'timed out' ? { type: 'dead', why: sent.why } : sent,
      ),
  },
  {
    fault: 'repeats what the receiver said',
    caughtBy: 'B4',
    breakIt: (output) => ({
      ...output,
      async send(batch, link) {
        let said = '';
        const sent = await output.send(batch, {
          ...link,
          async post(url, message) {
            const reply = await link.post(url, message);
            if ('body' in reply) said = reply.body;
            return reply;
          },
        });
        return sent.map((one) => (one.type === 'done' ? one : { ...one, why: `${one.why}: ${said}` }));
      },
    }),
  },
  {
    fault: 'tells somebody else as well',
    caughtBy: 'B5',
    breakIt: (output) => ({
      ...output,
      async send(batch, link) {
        await link.post('https://elsewhere.test/', { headers: {}, body: '', timeoutMs: 1 });
        return output.send(batch, link);
      },
    }),
  },
  {
    fault: 'calls every test taken',
    caughtBy: 'B6',
    breakIt: (output) => ({
      ...output,
      async probe(link) {
        await output.probe(link);
        return { type: 'done' };
      },
    }),
  },
  {
    fault: 'calls done what was not taken',
    caughtBy: 'B7',
    concerns: (output) => output.wants === undefined,
    breakIt: (output) => saying(output, (sent) => (sent.type === 'retry' ? { type: 'done' } : sent)),
  },
  {
    fault: 'turns a batch round',
    caughtBy: 'B7',
    concerns: (output) => output.wants === undefined && output.order === 'lane',
    breakIt: (output) => ({ ...output, send: (batch, link) => output.send([...batch].reverse(), link) }),
  },
  {
    fault: 'keeps no order',
    caughtBy: 'B7',
    concerns: (output) => output.order === 'person',
    breakIt: (output) => ({ ...output, order: 'none' }),
  },
  {
    fault: 'sends each twice, to be sure',
    caughtBy: 'B8',
    concerns: (output) => output.wants === undefined && output.holds === undefined,
    breakIt: (output) => ({
      ...output,
      async send(batch, link) {
        await output.send(batch, link);
        return output.send(batch, link);
      },
    }),
  },
];
