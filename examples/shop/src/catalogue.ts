import catalogue from '../public/catalogue.json' with { type: 'json' };

/** Something the shop sells; `price` in whole units of `currency`. */
export interface Product {
  readonly id: string;
  readonly name: string;
  readonly price: number;
  readonly kind: string;
}

/** A campaign with a landing page, by the names its links carry in `utm_…`. */
export interface Campaign {
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

export const products: readonly Product[] = catalogue.products;
export const campaigns: readonly Campaign[] = catalogue.campaigns;
export const currency: string = catalogue.currency;
