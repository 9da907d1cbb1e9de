/**
 * The operator's screening service: "would we bid on this, at what price, and why not". For the cluster's inside only, behind a
 * token shared with the gateway and whoever may ask; only the leader answers, since only it knows what is reserved.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Explanation } from '../../bidengine/explain.js';
import { explanationJson } from '../../bidengine/explanation-json.js';
import { formatOrderId } from '../../market/ids.js';
import type { OrderId } from '../../market/ids.js';
import type { Reason } from '../../market/reasons.js';
import type { Order } from '../../market/records.js';
import type { Screening } from '../bidding/screening.js';
import type { HttpServer } from '../http.js';
import { readQuestion } from './request.js';
import type { ScreeningQuestion } from './request.js';

/** Who answers while this process leads. */
export interface ScreeningDesk {
  readonly screening: Screening;
  /** The order as the chain has it. @throws when the chain does not answer */
  findOrder(id: OrderId): Promise<Order | undefined>;
}

export interface ScreeningServerDeps {
  readonly listen: { readonly host: string; readonly port: number };
  /** Not empty. */
  readonly token: string;
  /** `undefined` while another replica leads. */
  readonly desk: () => ScreeningDesk | undefined;
  readonly onError: (error: unknown) => void;
}

const MAX_BODY_BYTES = 1024 * 1024;
const BODY_TIMEOUT_MS = 10_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
};

type Answer = readonly [status: number, body: object];
const refusal = (status: number, reason: Reason): Answer => [status, { error: reason }];
const isReason = (value: readonly Explanation[] | Explanation | Reason): value is Reason =>
  'code' in value;

const answerTo = async (question: ScreeningQuestion, desk: ScreeningDesk): Promise<Answer> => {
  let explained: readonly Explanation[] | Explanation | Reason;
  if (question.kind === 'groups') explained = desk.screening.hypothetical(question);
  else {
    const order = await desk.findOrder(question.id);
    if (order === undefined) {
      const message = `the chain has no order ${formatOrderId(question.id)}`;
      return refusal(404, { code: 'OrderUnknown', message, field: 'order' });
    }
    explained = desk.screening.order(order);
  }
  if (isReason(explained)) return refusal(503, explained);
  return [200, { explanations: [explained].flat().map(explanationJson) }];
};

const answer = async (request: IncomingMessage, deps: ScreeningServerDeps): Promise<Answer> => {
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!timingSafeEqual(digest(given), digest(deps.token))) {
    const message = 'the screening token is missing or wrong';
    return refusal(401, { code: 'ScreeningTokenInvalid', message });
  }
  if (request.method !== 'POST' || request.url !== '/v1/explain') {
    const message = 'ask with POST /v1/explain';
    return refusal(404, { code: 'ScreeningRequestInvalid', message });
  }
  const text = await readBody(request);
  if (text === undefined) {
    const message = `the body is larger than ${MAX_BODY_BYTES} bytes`;
    return refusal(413, { code: 'ScreeningRequestInvalid', message });
  }
  const question = readQuestion(text);
  if ('code' in question) return refusal(400, question);
  const desk = deps.desk();
  if (desk === undefined) {
    const message = 'this replica does not lead; the one that does answers';
    return refusal(503, { code: 'NotLeading', message });
  }
  return answerTo(question, desk);
};

/** Listens (port 0 picks a free one). @throws when the port is taken */
export const serveScreening = async (deps: ScreeningServerDeps): Promise<HttpServer> => {
  const reply = (response: ServerResponse, [status, body]: Answer): void => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      .end(`${JSON.stringify(body)}\n`);
  };
  const server = createServer({ requestTimeout: BODY_TIMEOUT_MS }, (request, response) => {
    answer(request, deps).then(
      (given) => reply(response, given),
      (error: unknown) => {
        deps.onError(error);
        const message = 'the question could not be answered; the operator log says why';
        reply(response, refusal(500, { code: 'ScreeningFailed', message }));
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(deps.listen.port, deps.listen.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
