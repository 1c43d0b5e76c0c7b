import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { SWRConfig } from 'swr';
import { App } from './app.tsx';
import './styles/index.ts';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    {/* Errors are shown with a button to try again; a page that keeps asking a server in trouble helps nobody. */}
    <SWRConfig value={{ shouldRetryOnError: false, revalidateOnFocus: false }}>
      <App />
    </SWRConfig>
  </StrictMode>,
);
