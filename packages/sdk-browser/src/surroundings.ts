import type { Answer } from './queue.ts';
import type { RawStorage } from './store.ts';

/** Something that happens to the page, by the browser's names. */
export type Moment = 'visibilitychange' | 'pagehide' | 'pageshow' | 'prerenderingchange' | 'online';

/** The browser, as far as the client knows it. Handed in, so that everything else is tested without one. */
export interface Surroundings {
  readonly storage: RawStorage;
  /** `document.cookie`; may throw. */
  cookies(): string;
  setCookie(text: string): void;
  /** The page's host name, for the domain of a cookie. */
  readonly host: string;
  /** Posts a text and answers what came back, status 0 when nothing did. Outlives the page when it is small. Never throws. */
  send(url: string, body: string): Promise<Answer>;
  /** Posts a text from a page that goes; false when the browser does not take it. */
  beacon(url: string, body: string): boolean;
  /** ms */
  now(): number;
  /** 0…1 */
  chance(): number;
  /** 120 random bits. */
  uuid(): string;
  /** Runs once after `ms`; the answer takes that back. */
  later(run: () => void, ms: number): () => void;
  /** Runs while no other page of the site does. */
  alone(name: string, run: () => Promise<void>): Promise<void>;
  on(moment: Moment, run: () => void): void;
  isOnline(): boolean;
  /** The browser prepares the page and nobody has seen it yet. */
  isPrerendered(): boolean;
  /** The visitor's browser asks not to be tracked. */
  readonly signals: { readonly dnt: boolean; readonly gpc: boolean };
}
