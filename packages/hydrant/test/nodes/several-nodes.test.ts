/** Server processes side by side on one database, as operators run them: any request may meet any of them. */
import { DEVICE_SETTINGS } from '../support/device.js';
import { changesSeenByAll } from './changes.suite.js';
import { describeOn, sharedCluster } from './cluster.js';
import { flowsAcrossNodes } from './flows.suite.js';
import { singleUseAcrossNodes } from './single-use.suite.js';

const settings = DEVICE_SETTINGS;

describeOn('postgres', 'three nodes on PostgreSQL', () => {
  const { now } = sharedCluster({ place: 'postgres', count: 3, settings });
  flowsAcrossNodes(now);
  changesSeenByAll(now);
  singleUseAcrossNodes(now, 50);
});

describeOn('pgbouncer', 'two nodes behind PgBouncer, which passes on no notifications', () => {
  const { now } = sharedCluster({ place: 'pgbouncer', count: 2, settings });
  changesSeenByAll(now);
  singleUseAcrossNodes(now, 20);
});

describeOn('mariadb', 'two nodes on MariaDB', () => {
  const { now } = sharedCluster({ place: 'mariadb', count: 2, settings });
  flowsAcrossNodes(now);
  changesSeenByAll(now);
  singleUseAcrossNodes(now, 20);
});

describeOn('sqlite', 'two nodes on one SQLite file', () => {
  const { now } = sharedCluster({ place: 'sqlite', count: 2, settings });
  flowsAcrossNodes(now);
  changesSeenByAll(now);
  singleUseAcrossNodes(now, 20);
});
