/** Where the servers of a run keep their data: the project of `vitest.config.ts` says it, and here alone it is read. */
import { inject } from 'vitest';

declare module 'vitest' {
  export interface ProvidedContext {
    engine: 'sqlite' | 'postgres';
  }
}

export const engine: 'sqlite' | 'postgres' = inject('engine');
