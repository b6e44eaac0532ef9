import type { SubjectStore } from '../store/subject-store.js';
import type { Database } from './database.js';
import { type Call, call, statement } from './driver.js';

// Older identifiers stay, for `has` answers for them too; the highest place is the newest.
const save = statement(
  'forced_subject.save',
  `INSERT INTO forced_subject (client_id, subject, identifier, place)
   SELECT ?, ?, ?, coalesce(max(place), 0) + 1 FROM forced_subject WHERE client_id = ? AND subject = ?`,
  { onConflict: { columns: 'client_id, subject, identifier', set: 'place = excluded.place' } },
);

const find = statement<{ readonly identifier: string }>(
  'forced_subject.find',
  'SELECT identifier FROM forced_subject WHERE client_id = ? AND subject = ? ORDER BY place DESC LIMIT 1',
);

const has = statement(
  'forced_subject.has',
  'SELECT 1 FROM forced_subject WHERE client_id = ? AND identifier = ? LIMIT 1',
);

const removeOfClient = statement('forced_subject.delete_of_client', 'DELETE FROM forced_subject WHERE client_id = ?');

/** Forgets what was forced at a client, as a part of its deletion. */
export function removeSubjectsOf(clientId: string): Call {
  return call(removeOfClient, clientId);
}

export function subjectStore(database: Database): SubjectStore {
  return {
    async save(clientId, subject, identifier) {
      await database.write({ guard: call(save, clientId, subject, identifier, clientId, subject) });
    },
    async find(clientId, subject) {
      const [row] = await database.read(find, clientId, subject);
      return row?.identifier;
    },
    async has(clientId, identifier) {
      return (await database.read(has, clientId, identifier)).length > 0;
    },
  };
}
