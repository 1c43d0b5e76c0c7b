import { StoreError } from '@selfsame/store';

export const columnsClosed = (cause?: unknown): StoreError =>
  new StoreError('store/closed', 'the columns are closed', { cause });
