/** A small ingress controller: looks at the cluster's Ingresses, writes what nginx is to do, and tells it. */
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { CoreV1Api, type KubeConfig, NetworkingV1Api } from '@kubernetes/client-node';
import { nginxConf, type Upstream } from './nginx-conf.js';

/** Classes that it serves: that of the tests' provider, and Berth's own default. */
const INGRESS_CLASSES = ['nginx', 'akash-ingress-class'];
const LOOK_EVERY_MS = 300;

export interface IngressControllerOptions {
  readonly config: KubeConfig;
  /** Address and port that nginx listens on. */
  readonly listen: string;
  /** nginx's configuration file. */
  readonly confPath: string;
  /** Makes nginx read its file again; rejects when nginx is not up. */
  readonly reload: () => Promise<void>;
  /** Told of every look that failed; the next one tries again. */
  readonly onError: (error: unknown) => void;
}

const desired = async ({ config, listen }: IngressControllerOptions): Promise<string> => {
  const [ingresses, services] = await Promise.all([
    config.makeApiClient(NetworkingV1Api).listIngressForAllNamespaces(),
    config.makeApiClient(CoreV1Api).listServiceForAllNamespaces(),
  ]);
  const upstreams = services.items.flatMap(({ metadata, spec }): readonly Upstream[] =>
    spec?.clusterIP === undefined || spec.clusterIP === 'None'
      ? []
      : [
          {
            namespace: metadata?.namespace ?? '',
            service: metadata?.name ?? '',
            clusterIp: spec.clusterIP,
          },
        ],
  );
  const ours = ingresses.items.filter((i) =>
    INGRESS_CLASSES.includes(i.spec?.ingressClassName ?? ''),
  );
  return nginxConf(listen, ours, upstreams);
};

/** Starts; the returned function ends it. */
export const startIngressController = (options: IngressControllerOptions): (() => void) => {
  const stop = new AbortController();
  const loop = async (): Promise<void> => {
    let applied: string | undefined;
    while (!stop.signal.aborted) {
      try {
        const text = await desired(options);
        if (text !== applied) {
          writeFileSync(options.confPath, text);
          await options.reload();
          applied = text;
        }
      } catch (error) {
        options.onError(error);
      }
      await delay(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  void loop();
  return () => {
    stop.abort();
  };
};
