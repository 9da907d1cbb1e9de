/** How long changes of the cluster are gathered before something is done about them: pods come and go in bursts. */

/** Until orders are decided again. With a recount of a few milliseconds a change counts within a tenth of a second. */
export const DECISIONS_SETTLE_MS = 50;

/** Until node labels and the record on chain are looked through, which ask the API server and the chain. */
export const WRITES_SETTLE_MS = 200;
