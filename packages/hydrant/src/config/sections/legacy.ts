/** Keys of Hydra 1.x that are translated at start; `normalise.ts` says into what. */
export const legacy = {
  'dangerous-force-http': {
    kind: 'boolean',
    default: false,
    since: '1.7',
    removed: '2.0',
    weight: 'C',
    unsafe: 'Nothing is encrypted unless a proxy in front does it.',
    description: 'Plain http on both listeners, which is the default here: it switches `serve.*.tls.enabled` off.',
  },
  'dangerous-allow-insecure-redirect-urls': {
    kind: 'list',
    default: [],
    since: '1.7',
    removed: '2.0',
    weight: 'R',
    unsafe: 'Codes would travel over plain http.',
    description: 'Redirect URIs exempt from the https rule. Development mode lifts that rule altogether.',
  },
} as const;
