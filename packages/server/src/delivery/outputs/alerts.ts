import { createHmac, randomUUID } from 'node:crypto';
import type { Instant, ProjectId } from '@selfsame/identity';
import type { FlowState } from '@selfsame/outputs';
import { secretBytes } from '../../settings/output-schema.ts';
import type { Post } from '../outbound/post.ts';

/** Where a project wants to be told that an output halted. */
export interface AlertSettings {
  readonly url: string;
  readonly secret?: string | undefined;
}

export interface AlertParts {
  readonly settings: ReadonlyMap<ProjectId, AlertSettings>;
  readonly post: Post;
  readonly clock: () => Instant;
  /** Runs something after so many ms; nobody waits for it. */
  readonly later: (run: () => void, ms: number) => void;
  readonly onFailure: (project: ProjectId, why: string) => void;
}

/** How long to wait before each further attempt, ms. */
const waits = [30_000, 300_000, 1_800_000];
/** The whole of a call, ms (S29). */
const TIMEOUT = 15_000;

/**
 * Tells a project's own address that an output halted, and that it goes on: a Standard Webhook where there is a secret.
 * Nothing else waits for it, and after half an hour in vain it is left; the log line, the metric and the console stay.
 */
export function createAlerts({ settings, post, clock, later, onFailure }: AlertParts) {
  const halted = new Set<string>();

  async function send(project: ProjectId, { url, secret }: AlertSettings, id: string, body: string, nth = 0) {
    const timestamp = Math.floor(clock() / 1_000);
    const signature =
      secret === undefined
        ? undefined
        : createHmac('sha256', secretBytes(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
    const reply = await post(url, {
      headers: {
        'content-type': 'application/json',
        'user-agent': 'selfsame',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        ...(signature === undefined ? {} : { 'webhook-signature': `v1,${signature}` }),
      },
      body,
      timeoutMs: TIMEOUT,
      signal: new AbortController().signal,
    });
    if ('status' in reply && reply.status >= 200 && reply.status < 300) return;
    const wait = waits[nth];
    if (wait === undefined) onFailure(project, 'failure' in reply ? reply.failure : `it answered ${reply.status}`);
    else later(() => void send(project, { url, secret }, id, body, nth + 1), wait);
  }

  return (project: ProjectId, output: string, state: FlowState, reason: string | null): void => {
    const name = `${project}/${output}`;
    const isHalted = state === 'halted' || state === 'stopped';
    const wasHalted = halted.has(name);
    if (isHalted) halted.add(name);
    else halted.delete(name);
    const to = settings.get(project);
    // A pause is somebody's own doing.
    if (to === undefined || isHalted === wasHalted || (wasHalted && state === 'paused')) return;
    const type = isHalted ? 'output.halted' : 'output.running';
    const body = JSON.stringify({ type, at: new Date(clock()).toISOString(), project, output, reason });
    void send(project, to, `alert_${randomUUID()}`, body);
  };
}
