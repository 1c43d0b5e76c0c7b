import type { Answer, Events, Handler, Options, Talk } from './page.ts';

type Callback = (error: unknown, answer: Answer) => void;

/** The global `SPiD` of the vendor's SDK 2.x: the same calls and events. */
export function createSpid(talk: Talk, events: Events): object {
  const { fire } = events;
  let last: Answer = {};
  let lastStatus: string | undefined = 'unknown';
  let wasTold = false;

  const tell = (now: Answer) => {
    const [before, after] = [last.userId, now.userId];
    if (now.visitor !== undefined) fire('SPiD.visitor', now.visitor);
    if (after && before !== after) fire('SPiD.login', now);
    if (before && !after) fire('SPiD.logout', now);
    if (before && after && before !== after) fire('SPiD.userChange', now);
    fire(after || before ? 'SPiD.sessionChange' : 'SPiD.notLoggedin', now);
    if (after && !wasTold) {
      wasTold = true;
      fire('SPiD.sessionInit', now);
    }
    if (now.userStatus !== lastStatus) {
      lastStatus = now.userStatus;
      fire('SPiD.statusChange', now);
    }
    last = now;
  };
  const hand = (callback: Callback | undefined, error: unknown, answer: Answer) =>
    events.run(callback as Handler | undefined, error, answer);
  const call = (name: string, query: Readonly<Record<string, unknown>>, done: Callback) =>
    talk.ask(`${talk.server()}ajax/${name}.js`, query, (answer) =>
      done(answer.error ?? null, answer.response ?? answer),
    );

  function hasSession(callback?: Callback): void {
    const answered = (answer: Answer) => {
      const now = answer.response ?? answer;
      if (answer.error !== undefined) fire('SPiD.error', answer.error);
      tell(now);
      hand(callback, answer.error ?? null, now);
    };
    talk.ask(talk.session(), { autologin: 1 }, (answer) => {
      if (answer.error?.type !== 'LoginException') {
        answered(answer);
        return;
      }
      fire('SPiD.loginException');
      talk.ask(talk.core(), { autologin: 1 }, answered);
    });
  }
  const has = (name: string, told: string) => (id: unknown, callback?: Callback) =>
    call(name, { product_id: id }, (error, answer) => {
      if (error === null && answer.result) fire(told, { productId: id, result: answer.result });
      hand(callback, error, answer);
    });

  return {
    version: () => '2.2.0',
    initiated: () => talk.options.client_id !== undefined,
    server: talk.server,
    sessionEndpoint: talk.session,
    coreEndpoint: talk.core,
    init(given: Options | undefined, callback?: () => void) {
      if (!given?.server || !given.client_id) throw new TypeError('[SPiD] server and client_id are needed');
      talk.use(given);
      callback?.();
    },
    event: events,
    hasSession,
    hasProduct: has('hasproduct', 'SPiD.hasProduct'),
    hasSubscription: has('hassubscription', 'SPiD.hasSubscription'),
    setTraits: (traits: string, callback?: Callback) =>
      call('traits', { t: traits }, (error, answer) => hand(callback, error, answer)),
    acceptAgreement: (callback?: Callback) => call('acceptAgreement', {}, () => hasSession(callback)),
    logout: (callback?: Callback) =>
      call('logout', {}, (error, answer) => {
        if (error === null && answer.result) fire('SPiD.logout', answer);
        hand(callback, error, answer);
      }),
    Talk: talk,
  };
}
