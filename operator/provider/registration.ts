/**
 * The provider's own record and certificate on chain: created when missing, updated when they say something else than the
 * ComputeProvider and the cluster. Every step is safe to repeat.
 */
import { X509Certificate } from 'node:crypto';
import type { ChainMessage, ChainReader, TxLane } from '../../chain/ports.js';
import type { ComputeProvider } from '../../crds/generated/types.js';
import type { InventorySnapshot } from '../../bidengine/snapshot.js';
import type { KubeApi } from '../../kube/api.js';
import { SECRETS } from '../../kube/resources.js';
import { ReasonError } from '../../market/reasons.js';
import type { Reason } from '../../market/reasons.js';
import { RetrySchedule } from '../bidding/retry-schedule.js';
import type { Logger } from '../logger.js';
import type { RecordKeeper } from './record-keeper.js';

/** A certificate in the chain's form with its private key, PEM texts. */
export interface IssuedCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  readonly pubkeyPem: string;
}

export interface RegistrationDeps {
  readonly api: KubeApi;
  readonly reader: Pick<ChainReader, 'certificates'>;
  readonly record: Pick<RecordKeeper, 'ensure'>;
  readonly lane: Pick<TxLane, 'submit'>;
  readonly namespace: string;
  /** Secret that keeps the gateway's certificate and key (tls.crt, tls.key, tls.pub). */
  readonly secretName: string;
  readonly issue: (address: string, domain: string) => Promise<IssuedCertificate>;
  readonly log: Logger;
  /** Newest height seen; what the chain refused waits a growing number of blocks. */
  readonly height: () => bigint;
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const decode = (data: string | undefined): string =>
  Buffer.from(data ?? '', 'base64').toString('utf8');

export class Registration {
  readonly #deps: RegistrationDeps;
  readonly #retries = new RetrySchedule();
  readonly #refusals = new Map<string, Reason>();

  constructor(deps: RegistrationDeps) {
    this.#deps = deps;
  }

  /** Makes record and certificate what they should be. @throws ReasonError when the chain refuses, or errors of the ports */
  async ensure(
    provider: ComputeProvider,
    inventory: InventorySnapshot,
    signal: AbortSignal,
  ): Promise<void> {
    await this.#deps.record.ensure(provider, inventory, (m) => this.#submit(m, signal));
    await this.#ensureCertificate(provider, signal);
  }

  async #ensureCertificate(provider: ComputeProvider, signal: AbortSignal): Promise<void> {
    const { reader, log } = this.#deps;
    const { address } = provider.spec;
    const own = await this.#storedCertificate(provider);
    const serial = this.#serialOf(own.certPem);
    const [published] = await reader.certificates(address, serial);
    if (published !== undefined) {
      if (published.state === 'valid') return;
      throw new ReasonError({
        code: 'CertificateRevoked',
        message: `The gateway's certificate ${serial} is revoked on chain; delete Secret ${this.#deps.secretName} so that a new one is made.`,
      });
    }
    await this.#submit(
      {
        type: 'create-certificate',
        owner: address,
        certPem: own.certPem,
        pubkeyPem: own.pubkeyPem,
      },
      signal,
    );
    log.info({ serial }, 'certificate published on chain');
  }

  /** Decimal, as the chain keeps it. @throws ReasonError */
  #serialOf(certPem: string): string {
    try {
      return BigInt(`0x${new X509Certificate(certPem).serialNumber}`).toString();
    } catch (cause) {
      const { namespace, secretName } = this.#deps;
      throw new ReasonError(
        {
          code: 'CertificateUnreadable',
          message: `tls.crt of Secret ${namespace}/${secretName} is no certificate; delete the Secret so that a new one is made.`,
        },
        { cause },
      );
    }
  }

  /** The key is kept before its certificate is published: a crash between the two loses nothing. */
  async #storedCertificate(provider: ComputeProvider): Promise<Omit<IssuedCertificate, 'keyPem'>> {
    const { api, namespace, secretName, issue, log } = this.#deps;
    const secret = await api.get(SECRETS, { name: secretName, namespace });
    if (secret?.data !== undefined) {
      return { certPem: decode(secret.data['tls.crt']), pubkeyPem: decode(secret.data['tls.pub']) };
    }
    const issued = await issue(provider.spec.address, provider.spec.domain);
    await api.create(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName, namespace },
      data: {
        'tls.crt': encode(issued.certPem),
        'tls.key': encode(issued.keyPem),
        'tls.pub': encode(issued.pubkeyPem),
      },
    });
    log.info({ secret: secretName }, 'certificate for the gateway made');
    return issued;
  }

  /** A standing refusal costs a fee each time: until it is due again, what the chain said last is said again. */
  async #submit(message: ChainMessage, signal: AbortSignal): Promise<void> {
    const { lane, height } = this.#deps;
    const refusal = this.#refusals.get(message.type);
    if (refusal !== undefined && !this.#retries.isDue(message.type, height()))
      throw new ReasonError(refusal);
    const outcome = await lane.submit([message], { signal });
    if (outcome.status === 'included' && outcome.code === 0) {
      this.#retries.succeeded(message.type);
      this.#refusals.delete(message.type);
      return;
    }
    const detail =
      outcome.status === 'expired'
        ? 'it was not included in time'
        : `${outcome.codespace}/${outcome.code} ${outcome.log}`;
    const reason: Reason = {
      code: 'RegistrationRefused',
      message: `The chain did not take ${message.type}: ${detail}`.slice(0, 900),
    };
    this.#retries.failed(message.type, height());
    this.#refusals.set(message.type, reason);
    throw new ReasonError(reason);
  }
}
