import { useState } from 'react';
import { useAnswer } from '../../api/answers.ts';
import { CallError, send } from '../../api/call.ts';
import { usePath } from '../../api/project.ts';
import type { DeadLettersAnswer } from '../../api/shapes.ts';
import { count } from '../../parts/format.ts';
import { Await } from '../../parts/states.tsx';
import { Table } from '../../parts/table.tsx';
import { Time } from '../../parts/text.tsx';

/** What an output gave up, with the reason, to be sent again one by one or all. */
export function DeadLetters({ id, total, again }: { id: string; total: number; again: () => void }) {
  const of = usePath();
  const path = `/v1/outputs/${encodeURIComponent(id)}`;
  const answer = useAnswer<DeadLettersAnswer>(`${path}/dead`, {}, { refreshInterval: 5_000 });
  const [said, say] = useState('');
  const replay = async (dead: true | readonly string[]) => {
    try {
      await send('POST', of(`${path}/replay`), { dead });
      say('They are sent again; each leaves this list once it is taken.');
    } catch (error) {
      say(error instanceof CallError ? error.message : 'They were not sent again.');
    }
    again();
  };
  return (
    <details>
      <summary>{total === 1 ? '1 dead letter' : `${count(total)} dead letters`}</summary>
      <button type="button" className="button" onClick={() => void replay(true)}>
        Send all again
      </button>
      <p role="status">{said}</p>
      <Await answer={answer}>
        {({ dead }) => (
          <Table
            caption={`Dead letters of ${id}`}
            fileName={`dead-letters-${id}`}
            rows={dead}
            keyOf={(one) => one.id}
            columns={[
              { head: 'Given up', cell: (one) => <Time at={one.at} />, value: (one) => one.at },
              { head: 'Message', cell: (one) => `${one.type} at ${one.position}` },
              { head: 'Reason', cell: (one) => one.reason },
              {
                head: 'Again',
                isAction: true,
                cell: (one) => (
                  <button type="button" className="button button-quiet" onClick={() => void replay([one.id])}>
                    Send again
                  </button>
                ),
              },
            ]}
          />
        )}
      </Await>
    </details>
  );
}
