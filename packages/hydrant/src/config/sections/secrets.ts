/** Secrets: lists, of which the first entry writes and every entry reads, so that one can be exchanged for another. */
export const secrets = {
  system: {
    kind: 'list',
    minLength: 16,
    default: [],
    since: '1.7',
    weight: 'E',
    secret: true,
    environment: ['SYSTEM_SECRET'],
    description:
      'Master secrets: of tokens, handles, and everything sealed in the database. Required outside development mode; without an old one, what it protected is lost.',
  },
  cookie: {
    kind: 'list',
    minLength: 16,
    default: [],
    since: '1.7',
    weight: 'C',
    secret: true,
    environment: ['COOKIE_SECRET'],
    description: 'Secrets of the login session cookie; derived from `secrets.system` where there are none.',
  },
  pagination: {
    kind: 'list',
    minLength: 16,
    default: [],
    since: '25.4',
    weight: 'R',
    secret: true,
    description: 'Secrets of page tokens; `secrets.system` where there are none.',
  },
} as const;
