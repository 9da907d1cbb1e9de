/** Who answers: the operator, with what it knows now, or a described cluster and price books from files. */
import { parse } from 'yaml';
import { describeCluster, isClusterDescriptionError } from '../../backtest/cluster.js';
import { decisionInput } from '../../backtest/decision-input.js';
import { explain } from '../../bidengine/explain.js';
import { explanationJson } from '../../bidengine/explanation-json.js';
import type { PricingPolicy } from '../../bidengine/pricing-policy.js';
import { groupSpecJson } from '../../market/group-spec-json.js';
import { misused, refused } from '../failure.js';
import type { Context } from '../ports.js';
import { answerSchema, refusalSchema } from './answer.js';
import type { ExplanationAnswer } from './answer.js';
import type { Question } from './question.js';

export interface Desk {
  /** @throws CliFailure with the reason when there is no answer */
  answer(question: Question): Promise<readonly ExplanationAnswer[]>;
}

/** Block time of an explanation without a chain: mainnet's, about. */
const OFFLINE_BLOCK_TIME_MS = 6_117;
const PATIENCE_MS = 20_000;

const bodyOf = (question: Question): unknown =>
  question.kind === 'order'
    ? { order: question.order }
    : {
        groups: question.groups.map(groupSpecJson),
        owner: question.owner,
        hostnames: question.hostnames,
      };

/** The operator's screening service at `url`. */
export const operatorDesk = (url: string, token: string, signal: AbortSignal): Desk => ({
  answer: async (question) => {
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(new URL('/v1/explain', url), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(bodyOf(question)),
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      body = await response.json();
    } catch (cause) {
      throw refused('OperatorUnreachable', `the operator at ${url} did not answer`, {
        field: 'operator',
        next: 'Is its screening service on, and its port forwarded?',
        cause,
      });
    }
    const refusal = refusalSchema.safeParse(body);
    if (refusal.success) {
      const { code, message, field } = refusal.data.error;
      throw refused(code, message, { field });
    }
    const answer = answerSchema.safeParse(body);
    if (response.ok && answer.success) return answer.data.explanations;
    throw refused('OperatorAnswerUnreadable', `the operator at ${url} answered in another form`);
  },
});

/** An empty cluster of the description, at the time of the clock. @throws CliFailure `ClusterInvalid` */
export const offlineDesk = (
  policies: readonly PricingPolicy[],
  cluster: { readonly text: string; readonly path: string },
  { clock }: Context,
): Desk => {
  let described;
  try {
    described = describeCluster(parse(cluster.text));
  } catch (error) {
    const why = isClusterDescriptionError(error) || error instanceof Error ? error.message : '';
    throw misused('ClusterInvalid', `${cluster.path}: ${why}`, { field: 'cluster' });
  }
  const { snapshot, attributes } = described;
  const input = decisionInput(
    { startMs: clock.wallMs(), blockTimeMs: OFFLINE_BLOCK_TIME_MS, from: 1n },
    { attributes },
    1n,
  );
  return {
    answer: async (question) => {
      if (question.kind === 'order') {
        throw misused('OperatorMissing', 'an order on chain is explained by the operator', {
          field: 'operator',
          next: 'Give its URL with --operator, or an SDL file in place of the order.',
        });
      }
      const { groups, owner, hostnames } = question;
      const answers = groups.map((spec, i) => {
        const id = { owner, dseq: 0n, gseq: i + 1, oseq: 1 };
        const order = { id, state: 'open' as const, spec, createdAt: 1n };
        return explanationJson(explain({ ...input, order, snapshot, policies, hostnames }));
      });
      return answerSchema.parse({ explanations: answers }).explanations;
    },
  };
};
