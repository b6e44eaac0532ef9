/** A listener cannot be opened as the settings say; the message is one sentence for the operator, with a way out. */
export class ListenerUnusable extends Error {
  override readonly name = 'ListenerUnusable';
}
