import { afterAll, beforeAll, jest } from '@jest/globals';
import { describeKubeApi } from './kube-api-contract.js';
import { type KubeCluster, startKubeCluster } from './kube-cluster.js';

jest.setTimeout(60_000);
let kube: KubeCluster;
beforeAll(async () => {
  kube = await startKubeCluster();
}, 120_000);
afterAll(async () => kube.stop());

describeKubeApi('a real API server', { api: () => kube.api });
