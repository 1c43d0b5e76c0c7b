import { recall, remember } from './storage.js';

/**
 * The shop's customers. A demonstration has no server, so they live in this browser: there is no password, and a
 * customer id follows from the e-mail, so that one customer is one customer on a second real device too.
 */
const CUSTOMERS = 'shop-customers';
/** Who is logged in on the device we are playing. */
export const SESSION = 'shop-session';

/** The customer who is logged in here, or null. */
export const whoIsHere = () => recall(SESSION, null);

/** Makes a customer and logs them in. Signing up again with the same e-mail only changes the name. */
export function signUp(name, email) {
  const customer = { id: customerId(email), name: name.trim(), email: email.trim() };
  remember(CUSTOMERS, { ...recall(CUSTOMERS, {}), [customer.id]: customer });
  remember(SESSION, customer);
  return customer;
}

/** Logs a customer in; an e-mail we have not met here is believed, since there is nobody to ask. */
export function logIn(email) {
  const id = customerId(email);
  const customer = recall(CUSTOMERS, {})[id] ?? { id, name: email.trim().split('@')[0], email: email.trim() };
  remember(SESSION, customer);
  return customer;
}

export const logOut = () => remember(SESSION, null);

/** Customers who signed up in this browser, for the login page to offer. */
export const customersHere = () => Object.values(recall(CUSTOMERS, {}));

/** A name for a customer that follows from the e-mail alone: two rounds of FNV-1a, which need no secure context. */
function customerId(email) {
  const text = email.trim().toLowerCase();
  const round = (start) => {
    let sum = start;
    for (let i = 0; i < text.length; i++) sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return sum.toString(16).padStart(8, '0');
  };
  return `c-${round(0x811c9dc5)}${round(0x9e3779b9)}`;
}
