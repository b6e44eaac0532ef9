/** Requests that this server makes to addresses which clients registered. */
export const clients = {
  'http.disallow_private_ip_ranges': {
    kind: 'boolean',
    default: false,
    since: '2.0',
    weight: 'S',
    description:
      'Refuses calls to private, loopback and link-local addresses (`jwks_uri`, `request_uri`, `sector_identifier_uri`, back-channel logout).',
  },
  'http.private_ip_exception_urls': {
    kind: 'list',
    default: [],
    words: true,
    since: '2.2',
    weight: 'R',
    description: 'Exact URLs that are exempt from that rule.',
  },
} as const;
