/** Hardware security module. Known to Hydra; this release keeps its keys sealed in the database. */
export const hsm = {
  enabled: {
    kind: 'boolean',
    default: false,
    since: '1.11',
    weight: 'R',
    notYet:
      'There is no support for hardware security modules. Leave hsm.enabled out: keys are kept in the database, sealed with secrets.system.',
    description: 'Keeps keys in a PKCS#11 token.',
  },
  library: {
    kind: 'string',
    since: '1.11',
    weight: 'R',
    ignored: 'Of use only with `hsm.enabled`, which is refused.',
    description: 'PKCS#11 library.',
  },
  pin: {
    kind: 'string',
    since: '1.11',
    weight: 'R',
    secret: true,
    ignored: 'Of use only with `hsm.enabled`, which is refused.',
    description: 'PIN of the token.',
  },
  slot: {
    kind: 'integer',
    default: 0,
    since: '1.11',
    weight: 'R',
    ignored: 'Of use only with `hsm.enabled`, which is refused.',
    description: 'Slot.',
  },
  token_label: {
    kind: 'string',
    since: '1.11',
    weight: 'R',
    ignored: 'Of use only with `hsm.enabled`, which is refused.',
    description: 'Token label.',
  },
  key_set_prefix: {
    kind: 'string',
    default: '',
    since: '1.11',
    weight: 'R',
    ignored: 'Of use only with `hsm.enabled`, which is refused.',
    description: 'Put before each key set name.',
  },
} as const;
