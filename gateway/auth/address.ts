/** Account addresses as they come in from outside. */
import { fromBech32 } from '@cosmjs/encoding';

/** Whether `text` is a bech32 address with a right checksum; the chain answers others with an error, not with "unknown". */
export const isAddress = (text: string): boolean => {
  try {
    return fromBech32(text).data.length >= 20;
  } catch {
    return false;
  }
};
