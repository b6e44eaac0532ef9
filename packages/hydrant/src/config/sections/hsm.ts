/** Hardware security module. Known to Hydra; this release keeps its keys sealed in the database. */
export const hsm = {
  enabled: {
    kind: 'boolean',
    default: false,
    since: '1.11',
    weight: 'R',
    notYet: 'Keys in a hardware security module are not supported by this release. Leave hsm.enabled out.',
    description: 'Keeps keys in a PKCS#11 token.',
  },
  library: {
    kind: 'string',
    since: '1.11',
    weight: 'R',
    ignored: 'Needs hsm.enabled.',
    description: 'PKCS#11 library.',
  },
  pin: {
    kind: 'string',
    since: '1.11',
    weight: 'R',
    secret: true,
    ignored: 'Needs hsm.enabled.',
    description: 'PIN of the token.',
  },
  slot: {
    kind: 'integer',
    default: 0,
    since: '1.11',
    weight: 'R',
    ignored: 'Needs hsm.enabled.',
    description: 'Slot.',
  },
  token_label: {
    kind: 'string',
    since: '1.11',
    weight: 'R',
    ignored: 'Needs hsm.enabled.',
    description: 'Token label.',
  },
  key_set_prefix: {
    kind: 'string',
    default: '',
    since: '1.11',
    weight: 'R',
    ignored: 'Needs hsm.enabled.',
    description: 'Put before each key set name.',
  },
} as const;
