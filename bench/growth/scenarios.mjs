/** What is simulated: lifetimes, how long, how much. */

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/**
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} title For the picture.
 * @property {Readonly<Record<string, string>>} settings Lifetimes that differ from those that Hydrant ships with.
 * @property {number} longestLife Of what is not kept for ever, in ms: refresh tokens and remembered logins.
 * @property {number} days
 * @property {number} load Logins in an average hour are ten times this; all else in proportion.
 * @property {number} roundsPerHour How often the expiry job runs in a simulated hour.
 * @property {number} seed
 */

const common = { roundsPerHour: 12, seed: 20_300_101 };

const oneDay = {
  ...common,
  title: 'refresh tokens and remembered logins live a day, all else as shipped',
  settings: { TTL_REFRESH_TOKEN: '24h', TTL_AUTHENTICATION_SESSION: '24h' },
  longestLife: DAY,
  days: 30,
};

/** Lifetimes as shipped: nothing of a refresh token is over before the thirtieth day, so it takes half as long again. */
const asShipped = {
  ...common,
  title: 'lifetimes as shipped: refresh tokens and remembered logins live thirty days',
  settings: {},
  longestLife: 30 * DAY,
  days: 46,
};

/** @type {Readonly<Record<'full' | 'quick' | 'smoke', readonly Scenario[]>>} */
export const plans = {
  full: [
    { ...oneDay, name: 'day', load: 4 },
    { ...asShipped, name: 'shipped', load: 2 },
  ],
  quick: [
    { ...oneDay, name: 'day', load: 0.6, roundsPerHour: 4 },
    { ...asShipped, name: 'shipped', load: 0.25, roundsPerHour: 4 },
  ],
  smoke: [
    {
      ...common,
      name: 'smoke',
      title: 'refresh tokens and remembered logins live four hours',
      settings: { TTL_REFRESH_TOKEN: '4h', TTL_AUTHENTICATION_SESSION: '4h' },
      longestLife: 4 * HOUR,
      days: 2,
      load: 0.8,
      roundsPerHour: 4,
    },
  ],
};

/**
 * How busy an hour is, 1 on average over a week: nights are quiet, weekends half as busy as the days between.
 * @param {number} hour Hours since a Tuesday midnight (2030-01-01).
 */
export function busyness(hour) {
  const ofDay = 1 - 0.8 * Math.cos((2 * Math.PI * ((hour % 24) - 3)) / 24);
  const day = Math.floor(hour / 24) % 7;
  // 2030-01-01 was a Tuesday, so days 4 and 5 are Saturday and Sunday.
  const ofWeek = day === 4 || day === 5 ? 0.5 : 1;
  return (ofDay * ofWeek) / (6 / 7);
}
