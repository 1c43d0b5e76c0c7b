import type { OutputView } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';

/** How an output is doing, in a sentence, and its colour as a status. */
export function healthOf(one: OutputView): { readonly text: string; readonly status: string } {
  if (one.state === 'paused') return { text: 'Paused. What comes waits in the log.', status: 'suppressed' };
  if (one.state === 'halted')
    return {
      text: `Halted: ${one.reason ?? 'its receiver takes nothing'}. What comes waits in the log${heldBack(one)}.`,
      status: 'rejected',
    };
  if (one.limited === true)
    return {
      text: `Limited to ${count(one.perSecond ?? 0)} a second, ${count(one.lag.seconds)} s behind.${lastFailure(one)}`,
      status: one.lag.seconds > (one.settleSeconds ?? 0) + 10 ? 'quarantined' : 'applied',
    };
  if (one.held > 0)
    return {
      text: `${count(one.held)} wait for a retry, for one of the same person, or to be gathered; everybody else flows.${lastFailure(one)}`,
      status: 'quarantined',
    };
  const { settleSeconds = 0 } = one;
  if (one.lag.seconds > settleSeconds + 10)
    return { text: `${count(one.lag.seconds)} s behind.`, status: 'quarantined' };
  if (settleSeconds > 0)
    return { text: `Up to date. What comes settles for ${count(settleSeconds)} s.`, status: 'applied' };
  return { text: 'Up to date.', status: 'applied' };
}

const lastFailure = ({ reason }: OutputView): string => (reason === null ? '' : ` The last failure: ${reason}.`);

/** How much waits there, where it is worth saying. */
const heldBack = ({ heldBytes }: OutputView): string =>
  heldBytes < 1e6 ? '' : ` (about ${count(Math.round(heldBytes / 1e6))} MB)`;
