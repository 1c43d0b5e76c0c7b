import type { Client, Options, Schema } from './api.ts';
import { createClientIn } from './client.ts';
import { browserSurroundings } from './page.ts';

/**
 * A client for this page.
 * @example
 * const selfsame = createClient({ key: 'PUB', endpoint: 'https://id.example.com' });
 * selfsame.track('Product Viewed', { product: 'espresso-cup' });
 * selfsame.login({ user: '42' });
 */
export const createClient = <S extends Schema = Schema>(options: Options): Client<S> =>
  createClientIn<S>(browserSurroundings(), options);

export type { Callback, Client, EventOptions, Inside, Options, Plugin, Result, Schema, User } from './api.ts';
export type { Sent } from './outbox.ts';
export type { CookieOptions } from './visitor-cookie.ts';
export type { Ids, Item, Properties } from './wire.ts';
