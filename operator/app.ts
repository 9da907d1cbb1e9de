/**
 * The operator's composition root: the only place that knows every part. Nothing decides before it leads and everything it
 * watches is complete; when it loses the lead it ends, because a second bidder costs money.
 */
import { hostname } from 'node:os';
import { connectChain } from '../chain/client.js';
import { generateCertificate } from '../chain/certificate.js';
import type { GranteeMode } from '../chain/tx/lane-options.js';
import type { ComputeProvider } from '../crds/generated/types.js';
import { parseDecimal } from '../market/money.js';
import { signerFromFile } from '../chain/wallet.js';
import { OPERATOR_LEASE } from '../crds/constants.js';
import { EventRecorder } from '../kube/event-recorder.js';
import type { Reason } from '../market/reasons.js';
import { ReasonError } from '../market/reasons.js';
import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import { readSecret } from './config.js';
import type { OperatorConfig } from './config.js';
import { connectCluster } from './connect-cluster.js';
import { serveHttp } from './http.js';
import type { HttpServer } from './http.js';
import { lead } from './lead.js';
import { workWhileLeading } from './leadership.js';
import type { Logger } from './logger.js';
import { createMetrics } from './metrics.js';
import { whenSigner } from './when-signer.js';
import { PolicyView } from './policy-view.js';
import { serveScreening } from './screening/server.js';
import type { ScreeningDesk } from './screening/server.js';
import type { RegistrationDeps } from './provider/registration.js';

const YEAR_MS = 365 * 24 * 3600 * 1000;

/** Certificates of one year, numbered by the time as the network's clients do. */
const issueFor =
  (clock: Clock): RegistrationDeps['issue'] =>
  (address, domain) => {
    const now = clock.now();
    return generateCertificate({
      address,
      hosts: [domain],
      serial: BigInt(now) * 1_000_000n,
      notBefore: new Date(now - 60_000),
      notAfter: new Date(now + YEAR_MS),
    });
  };

/** @throws Error naming the URL and its status */
const httpText = async (url: string, signal: AbortSignal): Promise<string> => {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
};

const startScreening = async (
  { screening }: OperatorConfig,
  desk: () => ScreeningDesk | undefined,
  log: Logger,
): Promise<HttpServer | undefined> => {
  if (screening === undefined) return undefined;
  return serveScreening({
    listen: screening,
    token: readSecret(screening.tokenFile, 'screening.tokenFile'),
    desk,
    onError: (err) => log.warn({ err }, 'a screening question could not be answered'),
  });
};

const granteeMode = ({ spec: { address, grantee } }: ComputeProvider): GranteeMode | undefined =>
  grantee === undefined
    ? undefined
    : { granter: address, granterPays: grantee.fees === 'provider' };

/** What cannot be changed while the lane is in use. */
const signsAs = ({ spec: { grantee } }: ComputeProvider): string =>
  `${grantee?.address ?? ''}/${grantee?.fees ?? ''}`;

/** @throws ReasonError when the key is neither the account's own nor the one that the ComputeProvider names */
const checkKey = (
  { spec }: ComputeProvider,
  key: string,
  { keyFile, computeProvider }: OperatorConfig,
): void => {
  const field = spec.grantee === undefined ? 'spec.address' : 'spec.grantee.address';
  const wanted = spec.grantee?.address ?? spec.address;
  if (key === wanted) return;
  throw new ReasonError({
    code: 'WrongKey',
    message: `The key in ${keyFile ?? 'the signer'} belongs to ${key}, but ${field} of ComputeProvider "${computeProvider}" is ${wanted}.`,
    field,
  });
};

export interface OperatorRun {
  /** Resolves when the operator has ended; `undefined` for a wanted end, else why. */
  readonly ended: Promise<Reason | undefined>;
  readonly httpPort: number;
  /** `undefined` where screening is not configured. */
  readonly screeningPort: number | undefined;
}

/** Starts and returns once it listens. @throws ConfigError, KubeAccessError or WalletError when it cannot even start */
export const startOperator = async (
  config: OperatorConfig,
  env: Readonly<Record<string, string | undefined>>,
  log: Logger,
  signal: AbortSignal,
): Promise<OperatorRun> => {
  const clock = systemClock;
  const random = Math.random;
  const metrics = createMetrics();
  const cluster = await connectCluster(config.kubeconfig, env, clock);
  const { api } = cluster;
  const keyInFile = config.keyFile === undefined ? undefined : await signerFromFile(config.keyFile);
  let fencingToken = 0;
  const policies = new PolicyView({
    ...{ api, clock, random, computeProvider: config.computeProvider },
    onError: (err) => log.warn({ err }, "watching the operator's own objects failed; trying again"),
  });
  const state: { ready: Reason | undefined } = {
    ready: { code: 'Starting', message: 'The operator has not read its ComputeProvider yet.' },
  };
  const http = await serveHttp(config.http, metrics.registry, {
    live: () => undefined,
    ready: () => state.ready,
  });
  let desk: ScreeningDesk | undefined;
  const screening = await startScreening(config, () => desk, log);
  const instance = env['POD_NAME'] ?? `${hostname()}-${process.pid}`;
  const recorder = new EventRecorder({
    ...{ api, clock, random, instance, controller: 'berth.dev/operator' },
    onDropped: (err, happening) =>
      log.debug({ err, reason: happening.reason }, 'an Event was dropped'),
  });

  const stop = new AbortController();
  const running = AbortSignal.any([signal, stop.signal]);
  let endReason: Reason | undefined;
  const end = (reason: Reason): void => {
    endReason ??= reason;
    stop.abort();
  };

  const run = async (): Promise<void> => {
    const background = [policies.run(running), recorder.run(running)];
    try {
      const provider = await policies.whenProvider(running, () => {
        state.ready = {
          code: 'ComputeProviderMissing',
          message: `There is no ComputeProvider named "${config.computeProvider}"; create it and the operator goes on by itself.`,
        };
        log.warn(state.ready.message);
      });
      const signer =
        keyInFile ??
        (await whenSigner(
          { config, clock, random, log, token: () => fencingToken },
          running,
          (reason) => {
            state.ready = reason;
          },
        ));
      checkKey(provider, signer.address, config);
      const chain = connectChain({
        endpoints: provider.spec.chain.endpoints,
        chainId: provider.spec.chain.chainId,
      });
      const lane = chain.laneFor(signer, {
        gasPrice: { denom: 'uakt', amount: parseDecimal(config.gasPrice.replace('uakt', '')) },
        grantee: granteeMode(provider),
        timeoutSeconds: Math.max(1, Math.round(config.timings.txTimeoutMs / 1000)),
      });
      const leading = (): Promise<void> =>
        lead(
          {
            config,
            api,
            chain,
            lane,
            provider,
            policies,
            metrics,
            clock,
            random,
            log,
            recorder,
            instance,
            issueCertificate: issueFor(clock),
            env,
            fetchText: httpText,
            onDesk: (answering) => {
              desk = answering;
            },
          },
          (reason) => {
            state.ready = reason;
          },
          running,
        );
      // Changed endpoints are taken as they come; those that stay keep their connections and what is known of them.
      policies.subscribe(() => {
        const present = policies.lastProvider();
        if (present === undefined) return;
        chain.setEndpoints(present.spec.chain.endpoints);
        if (signsAs(present) === signsAs(provider)) return;
        end({
          code: 'GranteeChanged',
          message: 'spec.grantee of the ComputeProvider was changed; starting again with it.',
          field: 'spec.grantee',
        });
      });
      try {
        await elect(leading);
      } finally {
        chain.close();
      }
    } finally {
      stop.abort();
      await Promise.all(background);
    }
  };

  const elect = async (leading: () => Promise<void>): Promise<void> => {
    const { enabled, ...timing } = config.leaderElection;
    if (!enabled) {
      await leading();
      return;
    }
    // Standing by is a replica's part as well: not ready, it would hold up every rollout.
    state.ready = undefined;
    await workWhileLeading(
      {
        ...{ api, clock, random, identity: instance, ...timing },
        ...{ namespace: config.namespace, name: OPERATOR_LEASE },
        onElected: (token) => {
          fencingToken = token;
          log.info({ fencingToken: token }, 'leading');
        },
        onLost: (why) =>
          end({
            code: 'LeadershipLost',
            message: `Leadership was lost: ${why.message}; ending so that two never bid.`,
          }),
        onError: (err) =>
          log.warn({ err }, 'the leader-election Lease could not be read or written'),
      },
      leading,
      running,
    );
  };

  const fail = (error: unknown): void => {
    if (running.aborted && !(error instanceof ReasonError)) return;
    if (error instanceof ReasonError) end(error.reason);
    else {
      log.error({ err: error }, 'the operator failed');
      end({
        code: 'OperatorFailed',
        message: error instanceof Error ? error.message : String(error),
      });
    }
  };

  const ended = run()
    .catch(fail)
    .then(async () => {
      await http.close();
      await screening?.close();
      cluster.close();
      return endReason;
    });
  return { ended, httpPort: http.port, screeningPort: screening?.port };
};
