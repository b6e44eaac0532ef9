import type { Compilable, SchemaModule } from 'kysely';
import type { ColumnTypes } from '../dialects/dialect.js';

/** One step of the schema, for all dialects. Append-only: a step that was published is never edited. */
export interface Migration {
  /** Four digits, ascending. */
  readonly version: string;
  readonly name: string;
  up(schema: SchemaModule, types: ColumnTypes): readonly Compilable[];
  down(schema: SchemaModule): readonly Compilable[];
}
