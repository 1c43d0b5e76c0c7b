import { useMemo } from 'react';
import { useProject } from '../api/project.ts';
import { amount } from './format.ts';

/** How the project's earnings are written: in its currency where it has one, else as plain numbers. */
export function useMoney(): (value: number) => string {
  const { currency } = useProject();
  return useMemo(() => (currency === null ? amount : moneyIn(currency)), [currency]);
}

function moneyIn(currency: string): (value: number) => string {
  const format = new Intl.NumberFormat('en-GB', { style: 'currency', currency, currencyDisplay: 'code' });
  return (value) => format.format(value);
}
