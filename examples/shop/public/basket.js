import { productById } from './catalogue.js';
import { recall, remember } from './storage.js';

export const BASKET = 'shop-basket';

/** What is in the basket: products with how many of each. */
export const lines = () =>
  Object.entries(recall(BASKET, {}))
    .map(([id, quantity]) => ({ product: productById(id), quantity }))
    .filter((line) => line.product !== undefined);

export const count = () => lines().reduce((sum, line) => sum + line.quantity, 0);

export const total = () => lines().reduce((sum, line) => sum + line.quantity * line.product.price, 0);

/** Changes how many of a product are in the basket; none takes it out. */
export function change(id, by) {
  const basket = recall(BASKET, {});
  const quantity = (basket[id] ?? 0) + by;
  if (quantity > 0) basket[id] = quantity;
  else delete basket[id];
  remember(BASKET, basket);
}

export const empty = () => remember(BASKET, null);
