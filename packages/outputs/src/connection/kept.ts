/** Where on its way out a message was kept: consent is asked last, at the moment of sending. */
export type Step = 'connection' | 'settings' | 'filters' | 'rules' | 'consent' | 'output';

/** Why a message goes no further, for people, and the step that kept it. Names no person. */
export interface Kept {
  readonly kept: string;
  readonly step: Step;
}
