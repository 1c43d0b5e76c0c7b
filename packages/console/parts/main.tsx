import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { AddressProvider } from '../src/address/adapter.tsx';
import { ProjectContext } from '../src/api/project.ts';
import { learnWires } from '../src/parts/wires.ts';
import '../src/styles/index.ts';
import { Charts } from './charts.tsx';
import { Controls } from './controls.tsx';
import './parts.css';
import { States } from './states.tsx';
import { Texts } from './texts.tsx';

const project = { id: 'parts', name: 'Parts', timeZone: 'Europe/Berlin', currency: 'EUR' };

learnWires(
  ['Selfsame', 'Mixpanel', 'mParticle', 'Crownpeak XO', 'SPiD', 'Segment'].map((label) => ({
    name: label.toLowerCase(),
    label,
    presets: [],
  })),
);

/** Every part of the console in both themes, side by side, full of what strangers send. */
createRoot(document.getElementById('root')!).render(
  <Router>
    <ProjectContext value={project}>
      <AddressProvider>
        <main className="themes">
          <h1>Parts of the console</h1>
          {(['light', 'dark'] as const).map((theme) => (
            <section key={theme} className={`theme theme-${theme}`} aria-label={`In the ${theme} theme`}>
              <Texts />
              <Controls />
              <States />
              <Charts />
            </section>
          ))}
        </main>
      </AddressProvider>
    </ProjectContext>
  </Router>,
);
