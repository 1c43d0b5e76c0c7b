import { share } from '../parts/format.ts';

/**
 * What our share of people with an account was of the true one, in the eight simulated worlds of docs/quality.md under
 * the policy `selfsame`: least, most. A human without an account is many people: every lost cookie makes one more.
 */
export const ofTruth = { least: 0.3, most: 0.64 } as const;

/** The true share behind one that we count, as far as those worlds tell; 0 to 1. */
export const trueShare = (counted: number): { readonly from: number; readonly to: number } => ({
  from: Math.min(1, counted / ofTruth.most),
  to: Math.min(1, counted / ofTruth.least),
});

/** Beside a share of people who signed up: how far it may be off, and why. */
export function HowFarOff({ counted }: { counted: number }) {
  const { from, to } = trueShare(counted);
  return (
    <p className="muted how-far-off">
      In truth perhaps {share(from)} to {share(to)} of the humans. Whoever never logs in is a new person each time a
      browser drops its cookie, so a share of sign-ups comes out low: in simulated sites whose truth is known at{' '}
      {share(ofTruth.least)} to {share(ofTruth.most)} of the true one. A cookie that your own server sets narrows that.
    </p>
  );
}
