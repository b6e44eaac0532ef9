/** Hooks that have a word on the claims of tokens. Each may also be given as its URL alone. */
const url = {
  kind: 'url',
  pattern: ['^[Hh][Tt][Tt][Pp][Ss]?://', 'an address with https or http'],
  weight: 'C',
  secret: true,
  shorthand: true,
} as const;

const authType = {
  kind: 'choice',
  values: ['api_key'],
  since: '2.2',
  weight: 'S',
  description: 'How the hook can tell that it is asked by this server.',
} as const;

const authIn = {
  kind: 'choice',
  values: ['header', 'cookie'],
  since: '2.2',
  weight: 'S',
  description: 'Where the key is sent.',
} as const;

const authName = {
  kind: 'string',
  pattern: ["^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", 'the name of a header or cookie'],
  since: '2.2',
  weight: 'S',
  description: 'Name of the header or cookie.',
} as const;

const authValue = {
  kind: 'string',
  pattern: ['^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$', 'printable ASCII'],
  since: '2.2',
  weight: 'S',
  secret: true,
  description: 'The key.',
} as const;

export const hooks = {
  'refresh_token_hook.url': {
    ...url,
    since: '1.11',
    description:
      'Asked before tokens are refreshed; may change their claims or refuse. The block may also be this URL alone.',
  },
  'refresh_token_hook.auth.type': authType,
  'refresh_token_hook.auth.config.in': authIn,
  'refresh_token_hook.auth.config.name': authName,
  'refresh_token_hook.auth.config.value': authValue,
  'token_hook.url': {
    ...url,
    since: '2.1',
    description:
      'Asked before tokens are issued, whatever the grant; may change their claims or refuse. The block may also be this URL alone.',
  },
  'token_hook.auth.type': authType,
  'token_hook.auth.config.in': authIn,
  'token_hook.auth.config.name': authName,
  'token_hook.auth.config.value': authValue,
} as const;
