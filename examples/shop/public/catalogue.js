/** The catalogue as the shop and the simulated visitors share it. */
export const { currency, products, campaigns } = await (await fetch('catalogue.json')).json();

export const productById = (id) => products.find((product) => product.id === id);

const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency, minimumFractionDigits: 0 });

/** A price in whole units as people read it. */
export const money = (amount) => format.format(amount);
