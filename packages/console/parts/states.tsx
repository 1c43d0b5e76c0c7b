import { CallError } from '../src/api/call.ts';
import { Empty, Failure, Loading, Notice } from '../src/parts/states.tsx';
import { Working } from '../src/parts/working.tsx';
import { long } from './hostile.ts';

export function States() {
  return (
    <>
      <section className="card">
        <Loading />
        <Working />
        <Notice>
          The address says <code>{long}</code>, which is no day.
        </Notice>
      </section>
      <section className="card">
        <Failure error={new CallError(500, 'internal', long, 'request-1')} retry={() => {}} />
        <Failure error={new CallError(0, 'cancelled', 'You cancelled this question.')} />
      </section>
      <Empty title="Nothing here yet">{long}</Empty>
    </>
  );
}
