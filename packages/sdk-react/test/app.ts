import type { Options } from '@selfsame/browser';
import { createElement as h, StrictMode, useEffect } from 'react';
import { SelfsameProvider, useConsent, usePerson, useSelfsame } from '../src/index.ts';

/** A page with everything of the binding on it. */
function Page() {
  const selfsame = useSelfsame();
  const { ids, isKnown } = usePerson();
  const { state, optIn } = useConsent();
  useEffect(() => void selfsame.track('Page Seen', {}, { insertId: 'seen' }), [selfsame]);
  return h(
    'main',
    {},
    h('p', { id: 'who' }, isKnown ? `Hello ${ids['user']}` : 'Hello stranger'),
    h('p', { id: 'consent' }, state),
    h('button', { type: 'button', id: 'login', onClick: () => void selfsame.login({ user: 'react' }) }, 'Log in'),
    h('button', { type: 'button', id: 'agree', onClick: () => void optIn() }, 'Agree'),
  );
}

export const App = ({ options }: { readonly options: Options }) =>
  h(StrictMode, {}, h(SelfsameProvider, { options }, h(Page)));
