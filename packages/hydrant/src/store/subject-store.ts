/** Subject identifiers that a login app forced for a person at a client; the newest wins. */
export interface SubjectStore {
  save(clientId: string, subject: string, identifier: string): Promise<void>;
  find(clientId: string, subject: string): Promise<string | undefined>;
  /** Whether this identifier was ever forced at this client, for whomever. */
  has(clientId: string, identifier: string): Promise<boolean>;
}
