/** The checks before a transaction's messages, in the real order. The mempool runs these alone. */
import { chargeSize, checkDeadlines, checkForm, checkMemo } from './basic.js';
import type { AnteEnvironment } from './environment.js';
import { payFee } from './fee.js';
import { chargeSignatures, incrementSequences, setPublicKeys, verifySigners } from './signers.js';

const STEPS: readonly ((environment: AnteEnvironment) => void)[] = [
  checkForm,
  checkDeadlines,
  checkMemo,
  chargeSize,
  payFee,
  setPublicKeys,
  chargeSignatures,
  verifySigners,
  incrementSequences,
];

/** Runs every step; writes and events go into the environment's context. @throws AppError at the first refusal */
export const runAnte = (environment: AnteEnvironment): void => {
  for (const step of STEPS) step(environment);
};
