/** Where a visitor goes after logging in: `?then=checkout` leads on to the checkout, anything else to the account. */
export const goOn = () =>
  location.assign(new URLSearchParams(location.search).get('then') === 'checkout' ? 'checkout.html' : 'account.html');
