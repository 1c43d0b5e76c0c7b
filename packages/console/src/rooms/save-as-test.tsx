import { FileCheck } from 'lucide-react';
import { useState } from 'react';
import { CallError, send } from '../api/call.ts';
import { usePath } from '../api/project.ts';
import { saveFile } from '../parts/export.ts';

/** Identifiers of one person that a test is made of. */
const most = 100;

/** Saves who some identifiers are today as a file for `selfsame test`, every value replaced. */
export function SaveAsTest({ identifiers, name }: { identifiers: readonly string[]; name: string }) {
  const of = usePath();
  const [said, setSaid] = useState('');
  const save = async () => {
    setSaid('');
    try {
      const scenario = await send<object>('POST', of('/v1/scenarios'), {
        identifiers: [...new Set(identifiers)].slice(0, most),
      });
      saveFile(`${name}.json`, `${JSON.stringify(scenario, null, 2)}\n`, 'application/json');
      setSaid('Saved, every value replaced. Run it with: selfsame test');
    } catch (error) {
      setSaid(error instanceof CallError ? error.message : 'It did not work.');
    }
  };
  return (
    <p className="take-along">
      {said !== '' && <span role="status">{said}</span>}
      <button type="button" className="button button-quiet" onClick={() => void save()}>
        <FileCheck size={15} aria-hidden /> Save as a test
      </button>
    </p>
  );
}
