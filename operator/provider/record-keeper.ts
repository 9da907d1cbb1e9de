/** Keeps the provider's record on chain true, by the plan of `record-plan.ts`, and tells what is to come. */
import { z } from 'zod';
import { gpuCapabilities } from '../../bidengine/gpu-capabilities.js';
import type { InventorySnapshot } from '../../bidengine/snapshot.js';
import type { ChainMessage, ChainReader } from '../../chain/ports.js';
import type { ComputeProvider, RecordStatus } from '../../crds/generated/types.js';
import type { Attribute } from '../../market/attributes.js';
import type { LeaseId } from '../../market/ids.js';
import type { Provider } from '../../market/records.js';
import { ReasonError } from '../../market/reasons.js';
import type { GroupSpec } from '../../market/resources.js';
import type { FeeStore } from '../bidding/fee-ledger.js';
import type { OperatorEvents } from '../events.js';
import type { Logger } from '../logger.js';
import { desiredProvider, signaturesLost } from './capabilities.js';
import type { LostSignature } from './capabilities.js';
import { NO_RECORD_STATE, planRecord, recordSteps, stepWords, takeSteps } from './record-plan.js';
import type { RecordPlan, RecordRules, RecordState } from './record-plan.js';
import { reliedOn } from './relied-on.js';

export interface RecordKeeperDeps {
  readonly reader: Pick<ChainReader, 'provider' | 'group' | 'auditedAttributes'>;
  /** Active leases; `undefined` while they are not known: then nothing on chain is taken away. */
  readonly leases: () => readonly LeaseId[] | undefined;
  /** Where the updates of the last day are written before each is sent. */
  readonly store: FeeStore;
  readonly events: OperatorEvents;
  readonly log: Logger;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onUpdate: () => void;
}

/** Sends one message and resolves when it is in a block. @throws ReasonError when the chain refuses */
export type Submit = (message: ChainMessage) => Promise<void>;

const stored = z.object({ updatesMs: z.array(z.number().int()) });

const configured = ({ spec }: ComputeProvider): Provider => ({
  owner: spec.address,
  hostUri: spec.hostUri,
  attributes: spec.attributes,
  info: { email: spec.info.email ?? '', website: spec.info.website ?? '' },
});

const rulesOf = ({ spec }: ComputeProvider): RecordRules => ({
  mode: spec.record.mode,
  quietMs: spec.record.quietSeconds * 1000,
  dropAfterMs: spec.record.dropAfterSeconds * 1000,
  updatesPerDay: spec.record.updatesPerDay,
});

const CUT = 8;
const inWords = (steps: readonly string[]): string =>
  [...steps.slice(0, CUT), ...(steps.length > CUT ? [`${steps.length - CUT} more`] : [])].join(
    '; ',
  );

const iso = (ms: number): string => new Date(ms).toISOString();

/** What the ComputeProvider's status says of the record. */
export const recordStatus = (
  plan: RecordPlan,
  lost: readonly LostSignature[],
  rules: RecordRules,
): RecordStatus => ({
  mode: rules.mode,
  pending: plan.pending.map((step) => ({
    change: stepWords(step),
    since: iso(step.sinceMs),
    due: iso(step.dueMs),
  })),
  held: plan.held.map(stepWords),
  signaturesLost: lost.map(
    ({ auditor, attribute }) => `${auditor}: ${attribute.key}=${attribute.value}`,
  ),
  updatesToday: plan.state.updatesMs.length,
  updatesPerDay: rules.updatesPerDay,
});

export class RecordKeeper {
  readonly #deps: RecordKeeperDeps;
  #state: RecordState = NO_RECORD_STATE;
  #isLoaded = false;
  #status: RecordStatus | undefined;
  #told = '';

  constructor(deps: RecordKeeperDeps) {
    this.#deps = deps;
  }

  /** As of the last round; `undefined` before the first. */
  status(): RecordStatus | undefined {
    return this.#status;
  }

  /** One round. @throws ReasonError when the chain refuses, or a dry run keeps us from registering; errors of the ports */
  async ensure(
    provider: ComputeProvider,
    inventory: InventorySnapshot,
    submit: Submit,
  ): Promise<void> {
    await this.#load();
    const { reader, log, now } = this.#deps;
    const rules = rulesOf(provider);
    const want = desiredProvider(configured(provider), gpuCapabilities(inventory));
    const have = await reader.provider(want.owner);
    if (have === undefined) {
      await this.#register(want, rules, submit);
      return;
    }
    const relies = await this.#reliesOn(want, have);
    const plan = planRecord(want, have, relies, rules, this.#state, now());
    this.#state = plan.state;
    const lost = await this.#signaturesLost(have, plan);
    this.#tell(provider, plan, lost, rules);
    if (plan.send === undefined) return;
    await this.#note(now());
    await submit({ type: 'update-provider', provider: plan.send });
    this.#deps.onUpdate();
    const changes = recordSteps(plan.send, have).map(stepWords);
    log.info({ changes }, 'provider record on chain updated');
    this.#deps.events.record(provider, {
      ...{ type: 'Normal', reason: 'RecordUpdated', action: 'UpdateRecord' },
      note: `The record on chain was updated: ${inWords(changes)}`.slice(0, 1000),
    });
  }

  async #register(want: Provider, rules: RecordRules, submit: Submit): Promise<void> {
    if (rules.mode === 'DryRun') {
      const message = `The provider is not on chain, and spec.record.mode is DryRun; it would be registered as ${want.hostUri} with ${want.attributes.length} attributes.`;
      throw new ReasonError({ code: 'RecordDryRun', message, field: 'spec.record.mode' });
    }
    await submit({ type: 'create-provider', provider: want });
    this.#deps.log.info(
      { address: want.owner, hostUri: want.hostUri },
      'provider registered on chain',
    );
  }

  /** Only what a change would take away has to be asked for. */
  async #reliesOn(want: Provider, have: Provider): Promise<(a: Attribute) => boolean> {
    const takesAway = recordSteps(want, have).some((s) => s.before !== undefined);
    if (!takesAway) return () => false;
    const leases = this.#deps.leases();
    if (leases === undefined) return () => true;
    const groups: GroupSpec[] = [];
    for (const { owner, dseq, gseq } of leases) {
      const group = await this.#deps.reader.group({ owner, dseq, gseq });
      // A lease whose group is not told may rely on anything.
      if (group === undefined) return () => true;
      groups.push(group.spec);
    }
    return reliedOn(groups, have.attributes);
  }

  async #signaturesLost(
    have: Provider,
    { pending }: RecordPlan,
  ): Promise<readonly LostSignature[]> {
    if (!pending.some((s) => s.before !== undefined)) return [];
    const audited = await this.#deps.reader.auditedAttributes(have.owner);
    return signaturesLost(takeSteps(have, pending), have, audited);
  }

  /** What is new is told once, before anything of it is sent. */
  #tell(
    provider: ComputeProvider,
    plan: RecordPlan,
    lost: readonly LostSignature[],
    rules: RecordRules,
  ): void {
    this.#status = recordStatus(plan, lost, rules);
    const changes = plan.pending.map(stepWords);
    const said = JSON.stringify([changes, this.#status.signaturesLost, plan.overBudget]);
    if (said === this.#told) return;
    this.#told = said;
    const { events, log } = this.#deps;
    if (changes.length > 0) {
      log.info({ changes, mode: rules.mode }, 'the record on chain is to be changed');
      events.record(provider, {
        ...{ type: 'Normal', reason: 'RecordChangePending', action: 'ShowRecord' },
        note: `To be changed on chain: ${inWords(changes)}`.slice(0, 1000),
      });
    }
    if (lost.length > 0) {
      const signatures = this.#status.signaturesLost;
      log.warn(
        { signatures },
        'this change of the record on chain takes away what auditors signed; orders that ask for a signature are lost until it is given anew',
      );
      events.record(provider, {
        ...{ type: 'Warning', reason: 'SignaturesWouldBeLost', action: 'ShowRecord' },
        note: `The pending change takes away what auditors signed: ${inWords(signatures)}. spec.record.mode: DryRun stops it.`.slice(
          0,
          1000,
        ),
      });
    }
  }

  async #load(): Promise<void> {
    if (this.#isLoaded) return;
    const text = await this.#deps.store.load();
    const { updatesMs } = text === undefined ? { updatesMs: [] } : stored.parse(JSON.parse(text));
    this.#state = { ...this.#state, updatesMs };
    this.#isLoaded = true;
  }

  /** Written before it is sent: a crash in between costs an update of the day, never the budget. */
  async #note(at: number): Promise<void> {
    const updatesMs = [...this.#state.updatesMs, at];
    await this.#deps.store.save(JSON.stringify({ updatesMs }));
    this.#state = { ...this.#state, updatesMs };
  }
}
