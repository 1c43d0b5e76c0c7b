import type { Json, JsonObject } from '@selfsame/identity';
import { isObject, listOf } from '../json/values.ts';
import { meant, type Names, renamed } from './short-names.ts';

const actions = [
  ...['unknown', 'add_to_cart', 'remove_from_cart', 'checkout', 'checkout_option', 'click', 'view_detail'],
  ...['purchase', 'refund', 'add_to_wishlist', 'remove_from_wish_list'],
];
const promotions = ['unknown', 'view', 'click'];

const actionNames: Names = {
  cs: 'checkout_step',
  co: 'checkout_options',
  pal: 'product_action_list',
  pls: 'product_list_source',
  ti: 'transaction_id',
  ta: 'affiliation',
  tr: 'total_amount',
  tt: 'tax_amount',
  ts: 'shipping_amount',
  tcc: 'coupon_code',
};
const productNames: Names = {
  id: 'id',
  nm: 'name',
  pr: 'price',
  qt: 'quantity',
  br: 'brand',
  va: 'variant',
  ca: 'category',
  ps: 'position',
  cc: 'coupon_code',
  tpa: 'total_product_amount',
  attrs: 'custom_attributes',
};
const promotionNames: Names = { id: 'id', nm: 'name', cr: 'creative', ps: 'position' };

const each = (list: Json | undefined, names: Names): readonly Json[] =>
  (listOf(list) ?? []).map((one) => (isObject(one) ? renamed(one, names) : one));

/** What was done with products. */
export const actionOf = ({ an, pl, ...rest }: JsonObject): JsonObject => ({
  ...renamed(rest, actionNames),
  action: meant(an, actions),
  products: each(pl, productNames),
});
export const promotionOf = ({ an, pl }: JsonObject): JsonObject => ({
  action: meant(an, promotions),
  promotions: each(pl, promotionNames),
});
export const impressionOf = ({ pil, pl }: JsonObject): JsonObject => ({
  product_impression_list: pil ?? null,
  products: each(pl, productNames),
});
