/** What the chain's endpoints tell: each by itself, and the pool of them about the account. */
import { connectChain } from '../../../../chain/client.js';
import type { ChainClock } from '../../../../chain/clock.js';
import { isChainDecodeError, isChainQueryError } from '../../../../chain/errors.js';
import { isChainUnavailable } from '../../../../chain/ports.js';
import { endpointLabel } from '../../../../chain/rpc/endpoint-config.js';
import type { ComputeProvider } from '../../../../crds/generated/types.js';
import { known, unknown } from '../facts.js';
import type { DoctorFacts, EndpointLook, Known } from '../facts.js';
import { andThen, attempt } from './attempt.js';

const PATIENCE_MS = 5_000;

const look = async (url: string, clock: Pick<ChainClock, 'now'>): Promise<EndpointLook> => {
  const label = endpointLabel(url);
  const chain = connectChain({ endpoints: [url], requestTimeoutMs: PATIENCE_MS });
  const started = clock.now();
  try {
    const head = await chain.reader.head(AbortSignal.timeout(PATIENCE_MS));
    return { label, answer: { ...head, latencyMs: clock.now() - started } };
  } catch (error) {
    if (!isChainUnavailable(error) && !isChainQueryError(error) && !isChainDecodeError(error)) {
      if (!(error instanceof DOMException)) throw error;
    }
    return { label, answer: undefined };
  } finally {
    chain.close();
  }
};

type ChainFacts = Pick<
  DoctorFacts,
  'endpoints' | 'balances' | 'record' | 'marketParams' | 'published'
> & { readonly blockTimeMs: Known<number> };

const NO_PROVIDER = 'there is no ComputeProvider that names an account and endpoints';

export const gatherChain = async (
  provider: Known<ComputeProvider | undefined>,
  clock: Pick<ChainClock, 'now'>,
): Promise<ChainFacts> => {
  const spec = await andThen(provider, async (object) =>
    object === undefined ? unknown(NO_PROVIDER) : known(object.spec),
  );
  if (!spec.known) {
    return {
      ...{ endpoints: spec, balances: spec, record: spec },
      ...{ marketParams: spec, published: spec, blockTimeMs: spec },
    };
  }
  const { address, chain } = spec.value;
  const looks = await Promise.all(chain.endpoints.map(({ url }) => look(url, clock)));
  const good = chain.endpoints.filter((_, i) => looks[i]?.answer?.chainId === chain.chainId);
  if (good.length === 0) {
    const why = unknown('no chain endpoint can be used');
    return {
      endpoints: known(looks),
      ...{ balances: why, record: why, marketParams: why, published: why, blockTimeMs: why },
    };
  }
  const pool = connectChain({ endpoints: good, chainId: chain.chainId });
  try {
    const [balances, record, marketParams, published, blockTimeMs] = await Promise.all([
      attempt(() => pool.reader.balances(address)),
      attempt(() => pool.reader.provider(address)),
      attempt(() => pool.reader.marketParams()),
      attempt(() => pool.reader.certificates(address)),
      attempt(() => pool.blockTimeMs()),
    ]);
    return { endpoints: known(looks), balances, record, marketParams, published, blockTimeMs };
  } finally {
    pool.close();
  }
};
