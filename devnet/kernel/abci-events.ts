/** Events as ABCI carries them: every attribute indexed, as the real node does by default. */
import type { Event as AbciEvent } from '@akashnetwork/chain-sdk/private-types/tendermint.abci';
import type { Event } from './module.js';

export const abciEvents = (events: readonly Event[]): AbciEvent[] =>
  events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map(({ key, value }) => ({ key, value, index: true })),
  }));

/** Marks block-level events with the phase they come from. */
export const inPhase = (events: readonly Event[], mode: 'BeginBlock' | 'EndBlock'): Event[] =>
  events.map((event) => ({
    type: event.type,
    attributes: [...event.attributes, { key: 'mode', value: mode }],
  }));
