/** Builds what the commands take, as late as possible: making a key needs no chain, reading the chain needs no key. */
import { systemClock } from '../chain/clock.js';
import { connectChain } from '../chain/client.js';
import type { KubeApi } from '../kube/api.js';
import { Decimal } from '../market/money.js';
import type { Coin } from '../market/money.js';
import { connectCluster } from './cluster.js';
import type { ClusterContext } from './commands/inventory.js';
import type { RecordContext } from './commands/record.js';
import { misused } from './failure.js';
import { createGatewayClient } from './gateway-client.js';
import type { Globals } from './globals.js';
import { Home } from './home.js';
import type { ChainContext, Context, TenantContext } from './ports.js';
import { createOutput, createTerminal } from './terminal.js';
import type { Streams } from './terminal.js';
import { tokenFor } from './token.js';

/** What the process gives. */
export interface Process {
  readonly streams: Streams;
  /** Aborted when the user wants out. */
  readonly signal: AbortSignal;
  /** Says so from a question, where the terminal swallows the signal. */
  readonly interrupt: () => void;
  readonly random: (bytes: number) => Uint8Array;
  /** What finding a cluster, and the plugins that give access to one, may read. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A manifest may wait at the gateway until its lease shows; provider-wire 4.4 gives it 120 seconds. */
const GATEWAY_TIMEOUT_MS = 30_000;
/** A transaction lives a minute of block time; a chain that stands still is not waited for much longer. */
const TX_PATIENCE_MS = 120_000;
/** Gas of create-deployment, create-lease and close-deployment together, with their margins (chain/tx/gas.ts). */
const GAS_OF_A_DEPLOYMENT = new Decimal('620000');

/** Fees of a deployment from beginning to end. */
export const feeReserve = ({ gasPrice }: Globals): Coin => ({
  denom: gasPrice.denom,
  amount: BigInt(gasPrice.amount.times(GAS_OF_A_DEPLOYMENT).toFixed(0)),
});

/** A cluster that the person runs. */
export interface OperatedCluster extends Context {
  readonly cluster: KubeApi;
  /** Unix milliseconds by the API server's clock. @throws KubeError */
  readonly serverTime: () => Promise<number>;
}

/** One run of the program. */
export class Wiring {
  readonly globals: Globals;
  readonly home: Home;
  readonly #process: Process;
  readonly #undo: (() => void)[] = [];

  constructor(globals: Globals, process: Process) {
    this.globals = globals;
    this.home = new Home(globals.home);
    this.#process = process;
  }

  context(): Context {
    const { streams, signal, interrupt } = this.#process;
    const { output, yes } = this.globals;
    return {
      terminal: createTerminal(streams, {
        quiet: yes || output !== 'text',
        onInterrupt: interrupt,
      }),
      output: createOutput(streams.stdout, output),
      clock: systemClock,
      signal,
    };
  }

  /** A provider's cluster. @throws CliFailure `KubeconfigInvalid` */
  async cluster(kubeconfig: string | undefined): Promise<ClusterContext> {
    const connection = await connectCluster(kubeconfig, this.#process.env);
    this.#undo.push(() => {
      connection.close();
    });
    return { ...this.context(), cluster: connection.api };
  }

  /** The same, for those who also change it. @throws CliFailure `KubeconfigInvalid` */
  async operatedCluster(kubeconfig: string | undefined): Promise<OperatedCluster> {
    const connection = await connectCluster(kubeconfig, this.#process.env);
    this.#undo.push(() => {
      connection.close();
    });
    return {
      ...this.context(),
      cluster: connection.api,
      serverTime: () => connection.serverTime(),
    };
  }

  /** @throws CliFailure `NodeMissing` */
  chain(): ChainContext {
    const connection = this.#connect();
    const { gasPrice } = this.globals;
    return {
      ...this.context(),
      chain: {
        reader: connection.reader,
        laneFor: (signer) => connection.laneFor(signer, { gasPrice }),
        blockTimeMs: () => connection.blockTimeMs(),
        providers: () => connection.providers(),
      },
    };
  }

  /** The chain's past, for recording it. @throws CliFailure `NodeMissing` */
  past(): RecordContext {
    const { past, reader } = this.#connect();
    return { ...this.context(), chain: { past, reader } };
  }

  #connect(): ReturnType<typeof connectChain> {
    const { nodes } = this.globals;
    if (nodes.length === 0) {
      throw misused('NodeMissing', 'no chain node is given', {
        field: 'node',
        next: 'Give its RPC URL with --node URL, or set BERTH_NODE.',
      });
    }
    const connection = connectChain({ endpoints: nodes });
    this.#undo.push(() => {
      connection.close();
    });
    return connection;
  }

  /** @throws CliFailure `KeyMissing`, `KeyExposed`, `NodeMissing` */
  async tenant(): Promise<TenantContext> {
    const signer = await this.home.signer(this.globals.key);
    const ctx = this.chain();
    const nowMs = (): number => systemClock.wallMs();
    return {
      ...ctx,
      owner: signer.address,
      lane: ctx.chain.laneFor(signer),
      patience: () => AbortSignal.timeout(TX_PATIENCE_MS),
      gateway: createGatewayClient({
        certificates: (provider) => ctx.chain.reader.certificates(provider),
        token: (provider, dseq) => tokenFor(signer, provider, dseq, nowMs()),
        nowMs,
        timeoutMs: GATEWAY_TIMEOUT_MS,
      }),
    };
  }

  /** Everything on standard input. */
  async stdin(): Promise<string> {
    const { streams } = this.#process;
    if (streams.stdin.isTTY) streams.stderr.write('Reading from the terminal; end with Ctrl-D.\n');
    const chunks: Buffer[] = [];
    for await (const chunk of streams.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks).toString('utf8');
  }

  /** A variable of the environment; empty counts as not set. */
  variable(name: string): string | undefined {
    const value = this.#process.env[name];
    return value === '' ? undefined : value;
  }

  random(bytes: number): Uint8Array {
    return this.#process.random(bytes);
  }

  /** Closes every connection. */
  close(): void {
    for (const step of this.#undo.splice(0)) step();
  }
}

/** Makes the wiring of a run from the options that were read. */
export type Wire = (options: unknown) => Wiring;
