/** Where a client reads and changes its own registration (RFC 7592 §3, `registration_client_uri`). */
export function registrationUri(publicUrl: string, clientId: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/oauth2/register/${encodeURIComponent(clientId)}`;
}
