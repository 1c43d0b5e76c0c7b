import { own } from '../json/values.ts';
import { keptInsertId } from '../made-id.ts';
import type { Access, Host } from '../protocol.ts';
import { whenOf } from '../time/read.ts';
import { understand } from './events.ts';
import { isIdentityEvent } from './identity-events.ts';
import { inexactId, textOf } from './ids.ts';
import type { Sent } from './payload.ts';
import { TRACK_REACH } from './times.ts';
import { dropped, faulty, type Understood } from './understood.ts';
import { eventOf } from './wire.ts';

/** One event of `/track`: what a web page may say with a public token. */
export function readTracked(record: Sent, host: Host, accessOf: (token: string) => Access | undefined): Understood {
  if ('problem' in record) {
    // It is the project's that its token names, so that its operator hears of it.
    const stub = record.stub === undefined ? undefined : eventOf({ value: record.stub });
    const owner = accessOf(textOf(own(stub?.properties ?? {}, 'token')) ?? '');
    return faulty({ message: `event, ${record.message}` }, owner);
  }
  const event = eventOf(record);
  if (event === undefined) return faulty({ message: 'event, missing' });
  const { name, properties } = event;
  const token = textOf(own(properties, 'token')) ?? '';
  const access = token === '' ? undefined : accessOf(token);
  if (name === '') return faulty({ message: 'event, missing' }, access);
  if (token === '') return faulty({ message: 'token, missing or empty' });
  if (access === undefined) return dropped('the token opens no project');
  if (
    isIdentityEvent(name) &&
    name !== '$merge' &&
    !textOf(own(properties, '$identified_id') ?? own(properties, 'distinct_id'))
  )
    return faulty({ message: 'distinct_id, missing or empty' }, access);
  const inexact = inexactId(access.policy, properties);
  if (inexact !== undefined) return faulty({ message: `${inexact}, must be text or a whole number` }, access);
  const when = whenOf(own(properties, 'time'), 's');
  if (when.time !== undefined && when.time < host.now - TRACK_REACH)
    return dropped('older than /track takes; send it to /import', access);
  return understand(event, {
    access,
    route: 'track',
    when,
    insertId: keptInsertId(own(properties, '$insert_id'), access.project, host),
  });
}
