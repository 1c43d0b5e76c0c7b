import type { ComponentType } from 'react';
import { lazyRoom } from '../shell/lazy-room.ts';

/** What shows the answer to a saved question of each room. */
export const cards: Readonly<Record<string, ComponentType>> = {
  '/funnel': lazyRoom(() => import('./funnel.tsx').then(({ FunnelCard }) => ({ default: FunnelCard }))),
  '/campaigns': lazyRoom(() => import('./campaigns.tsx').then(({ CampaignsCard }) => ({ default: CampaignsCard }))),
  '/retention': lazyRoom(() => import('./retention.tsx').then(({ RetentionCard }) => ({ default: RetentionCard }))),
  '/counts': lazyRoom(() => import('./counts.tsx').then(({ CountsCard }) => ({ default: CountsCard }))),
  '/people': lazyRoom(() => import('./people/index.tsx').then(({ PeopleCard }) => ({ default: PeopleCard }))),
};

/** The room of a saved question's address, and the choices in it. */
export function placeOf(address: string): { readonly room: string; readonly search: string } {
  const mark = address.indexOf('?');
  return mark < 0 ? { room: address, search: '' } : { room: address.slice(0, mark), search: address.slice(mark + 1) };
}
