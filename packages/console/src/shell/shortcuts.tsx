import { Keyboard } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { isTyping } from './is-typing.ts';
import { rooms } from './rooms.ts';
import { beginTypeAhead, typeAhead } from './type-ahead.ts';

/** How long after `g` the room's letter counts, ms. */
const patience = 1_500;

/** Keys that work in every room: `/` finds a person, `g` and a letter opens a room, `?` lists them. */
export function Shortcuts() {
  const [, navigate] = useLocation();
  const help = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    let goUntil = 0;
    const toPeople = (path: string) => {
      if (path === '/people') beginTypeAhead();
      navigate(path);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const going = event.timeStamp < goUntil;
      goUntil = 0;
      const room = going ? rooms.find(({ key }) => key === event.key) : undefined;
      if (room !== undefined) toPeople(room.path);
      else if (typeAhead(event.key)) {
        // Kept for the search that is on its way.
      } else if (event.key === 'g') goUntil = event.timeStamp + patience;
      else if (event.key === '/') {
        const search = document.querySelector<HTMLInputElement>('#people-search');
        if (search === null) toPeople('/people');
        else search.focus();
      } else if (event.key === '?') help.current?.showModal();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [navigate]);

  return (
    <>
      <button type="button" className="keys" onClick={() => help.current?.showModal()}>
        <Keyboard size={15} aria-hidden /> Keys <kbd>?</kbd>
      </button>
      <dialog ref={help} className="help" aria-labelledby="keys-title">
        <h2 id="keys-title">Keys</h2>
        <dl>
          <Key keys={['/']} does="Find a person" />
          <Key keys={['space']} does="Pause or go on, in Live" />
          <Key keys={['esc']} does="Close the details" />
          {rooms.map(({ key, name }) => (
            <Key key={key} keys={['g', key]} does={name} />
          ))}
        </dl>
        <form method="dialog">
          <button type="submit" className="button">
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}

function Key({ keys, does }: { keys: readonly string[]; does: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  );
}
