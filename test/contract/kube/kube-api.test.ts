import { beforeAll, jest } from '@jest/globals';
import { afterTests } from '../../after-tests.js';
import { describeKubeApi } from './kube-api-contract.js';
import { type KubeCluster, startKubeCluster } from './kube-cluster.js';

jest.setTimeout(60_000);
let kube: KubeCluster;
const atEnd = afterTests();
beforeAll(async () => {
  kube = await startKubeCluster();
  atEnd(() => kube.stop());
}, 120_000);

describeKubeApi('a real API server', { api: () => kube.api });
