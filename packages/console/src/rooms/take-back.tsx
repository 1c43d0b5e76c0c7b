import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { useSWRConfig } from 'swr';
import { CallError, get, send } from '../api/call.ts';
import { usePath } from '../api/project.ts';
import type { CureAnswer, UndoPreview } from '../api/shapes.ts';
import { count, people as peopleCounted } from '../parts/format.ts';
import { IdOfText } from '../parts/text.tsx';
import { CureScope, everything, type Scope, useCureQuery } from './cure-scope.tsx';
import { SavedThen } from './saved-then.tsx';
import '../styles/rooms/take-back.css';

/**
 * What is taken back: one claim, all that named an identifier (`kind:value`), what joined a value with others, or the
 * claims that made the breaker quarantine one.
 */
export type Told =
  | { readonly claim: string }
  | { readonly identifier: string }
  | { readonly joined: string }
  | { readonly quarantined: string };

/** What was taken back, and where in the log: by that position it is put back. */
export interface Done {
  readonly told: Told;
  readonly position: number;
}

/** Takes something back, after a look at what would change and with a reason. `onDone` hears that it was. */
export function TakeBack({ told, onDone }: { told: Told; onDone: (done: Done) => void }) {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen)
    return (
      <button type="button" className="button button-quiet" onClick={() => setOpen(true)}>
        Take back…
      </button>
    );
  return <Form told={told} onDone={onDone} onCancel={() => setOpen(false)} />;
}

/** Says that something was taken back, and puts it back at a click: what other undos hold stays taken back. */
export function TakenBack({ done: { told, position }, onBack }: { done: Done; onBack: () => void }) {
  const { run, problem, isBusy } = useUndo(`/v1/retractions/${position}/restore`);
  const putBack = async () => {
    if ((await run({ reason: 'put back in the console' })) !== undefined) onBack();
  };
  return (
    <p className="notice taken-back" role="status">
      {'claim' in told ? (
        <>
          Claim <span className="mono">{told.claim}</span> was taken back
        </>
      ) : 'quarantined' in told ? (
        <>
          What made the breaker quarantine <IdOfText text={told.quarantined} /> was taken back
        </>
      ) : 'joined' in told ? (
        <>
          What joined <IdOfText text={told.joined} /> with others was taken back
        </>
      ) : (
        <>
          All that named <IdOfText text={told.identifier} /> was taken back
        </>
      )}
      : everything reads as if it had never come.{' '}
      <button type="button" className="button" disabled={isBusy} onClick={() => void putBack()}>
        Put back
      </button>
      {problem !== undefined && ` ${problem}`}
    </p>
  );
}

function Form({ told, onDone, onCancel }: { told: Told; onDone: (done: Done) => void; onCancel: () => void }) {
  const id = useId();
  const of = usePath();
  const field = useRef<HTMLInputElement>(null);
  const [preview, setPreview] = useState<UndoPreview>();
  const [trouble, setTrouble] = useState<string>();
  const { run, problem, isBusy } = useUndo(pathOf(told));
  const path = of(pathOf(told), { dryRun: 'true' });
  const isQuarantined = 'quarantined' in told;
  const cured = isQuarantined ? told.quarantined : 'joined' in told ? told.joined : undefined;
  const [scope, setScope] = useState<Scope>({ ...everything, which: isQuarantined ? 'over-limit' : 'all' });
  const cureQuery = useCureQuery(cured ?? '', scope);
  const curePath = cured === undefined ? undefined : of('/v1/suspicious/cure', cureQuery);
  const identifier = 'identifier' in told ? told.identifier : undefined;
  const [body, setBody] = useState<object>();
  useEffect(() => {
    let isHere = true;
    setPreview(undefined);
    setBody(undefined);
    setTrouble(undefined);
    const look = async () => {
      const cure = curePath === undefined ? undefined : await get<CureAnswer>(curePath);
      if (cure?.claims.length === 0) return undefined;
      const wanted = cure === undefined ? { identifier } : { claims: cure.claims };
      if (isHere) setBody(wanted);
      return send<UndoPreview>('POST', path, wanted);
    };
    look().then(
      (answer) => {
        if (!isHere) return;
        setPreview(answer);
        if (answer === undefined) setTrouble('Nothing that can be taken back joined it then.');
      },
      (error: unknown) => isHere && setTrouble(messageOf(error)),
    );
    return () => {
      isHere = false;
    };
  }, [path, curePath, identifier]);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get('reason')).trim();
    const position = reason === '' ? undefined : await run({ ...body, reason });
    if (position !== undefined) onDone({ told: doneOf(told, scope), position });
  };
  return (
    <form
      className="take-back"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === 'Escape' && onCancel()}
    >
      {cured !== undefined && <CureScope scope={scope} isQuarantined={isQuarantined} onChange={setScope} />}
      <p role="status">{trouble ?? (preview === undefined ? 'Looking what would change …' : inWords(preview))}</p>
      {preview !== undefined && body !== undefined && <SavedThen path={path} body={body} />}
      <label htmlFor={id}>Why</label>
      <input
        id={id}
        ref={field}
        name="reason"
        required
        maxLength={1000}
        placeholder="a tester’s phone"
        autoComplete="off"
      />
      <div className="button-row">
        <button type="submit" className="button button-main" disabled={isBusy || body === undefined}>
          Take back
        </button>
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
      {problem !== undefined && (
        <p className="notice notice-warn" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

/** Sends an undo, and gives its position in the log; when it is done every answer on the page is asked for again. */
function useUndo(path: string) {
  const of = usePath();
  const { mutate } = useSWRConfig();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = async (body: object): Promise<number | undefined> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const { position } = await send<{ position: number }>('POST', of(path), body);
      void mutate(() => true);
      return position;
    } catch (error) {
      setProblem(messageOf(error));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { run, problem, isBusy };
}

/** What was taken back, where more or less of it was chosen. */
const doneOf = (told: Told, { which }: Scope): Told =>
  'quarantined' in told && which === 'all' ? { joined: told.quarantined } : told;

const pathOf = (told: Told): string =>
  'claim' in told ? `/v1/claims/${encodeURIComponent(told.claim)}/retract` : '/v1/retractions';

const messageOf = (error: unknown): string => (error instanceof CallError ? error.message : 'It did not work.');

const many = (n: number, one: string): string => `${count(n)} ${one}${n === 1 ? '' : 's'}`;

/** What would change, as a sentence. */
export function inWords({ people, identifiers, events, traits, segments, consent }: UndoPreview): string {
  const parts = [
    people.split.length > 0 && `${count(people.split.length)} of today’s people would be several`,
    people.joined.length > 0 && `${count(people.joined.length)} of today’s people would be one with another`,
    identifiers.moved > 0 && `${many(identifiers.moved, 'identifier')} would be somebody else’s`,
    identifiers.gone > 0 && `${many(identifiers.gone, 'identifier')} would be nobody’s any more`,
    events.moved > 0 && `${many(events.moved, 'event')} would be somebody else’s`,
    events.gone > 0 && `${many(events.gone, 'event')} would be no more`,
    traits.length > 0 && `${many(traits.length, 'trait')} would change`,
    segments.length > 0 && `${many(segments.length, 'segment')} would change`,
    consent.length > 0 && `the consent of ${peopleCounted(consent.length)} would change`,
  ].filter((part) => part !== false);
  return parts.length === 0
    ? 'Nothing anybody can see would change.'
    : `${parts.join('; ')}. Nothing is deleted: it can be put back.`;
}
