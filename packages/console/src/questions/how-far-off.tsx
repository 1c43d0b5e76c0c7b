import { share } from '../parts/format.ts';

/**
 * What our share of people with an account was of the true one, in the eight simulated worlds of docs/quality.md under
 * the policy `selfsame`: least, most. A human without an account is many people: every lost cookie makes one more.
 */
export const ofTruth = { least: 0.46, most: 0.69 } as const;

/** The true share behind one that we count, as far as those worlds tell; 0 to 1. */
export const trueShare = (counted: number): { readonly from: number; readonly to: number } => ({
  from: Math.min(1, counted / ofTruth.most),
  to: Math.min(1, counted / ofTruth.least),
});

/** What part of the revenue went to another campaign than the human first came by, in the same worlds: least, most. */
export const wrongRevenue = { least: 0.04, most: 0.27 } as const;

/** Of people with an account, counted: the part of the humans it may stand for. */
export function inTruth(counted: number): string {
  const { from, to } = trueShare(counted);
  return `In truth perhaps ${share(from)} to ${share(to)} of the humans.`;
}

/** Beside a share of people: how far it may be off, and why. `signUps` is one of people with an account. */
export function HowFarOff({ signUps }: { signUps?: number | undefined }) {
  return (
    <p className="muted how-far-off">
      {signUps !== undefined && `${inTruth(signUps)} `}Whoever never logs in is a new person each time a browser drops
      its cookie, so a share of people comes out low: that of people with an account at {share(ofTruth.least)} to{' '}
      {share(ofTruth.most)} of the true one, in simulated sites whose truth is known. A cookie that your own server sets
      narrows that.
    </p>
  );
}

/** Beside what campaigns brought: how much of it may be another's, and why. */
export function WhoseCampaign() {
  return (
    <p className="muted how-far-off">
      What somebody came by before a browser dropped its cookie is not seen, nor is what they did on a device where they
      never logged in. So in simulated sites whose truth is known {share(wrongRevenue.least)} to{' '}
      {share(wrongRevenue.most)} of the revenue went to another campaign than the one that first brought the human, or
      to none. A cookie that your own server sets narrows that.
    </p>
  );
}
