/** A recorded order book from a file, up to the last line that says it is complete. */
import { OrderBookFold } from '../../history/order-book.js';
import type { OrderBook } from '../../history/order-book.js';
import { isOrderBookFormatError, parseBookLine } from '../../history/order-book-lines.js';
import { errno } from '../errno.js';
import { misused } from '../failure.js';
import { readLines } from './read-lines.js';

/** @throws CliFailure `FileUnreadable`, `HistoryInvalid` naming the line and field */
export const readHistory = async (path: string): Promise<OrderBook> => {
  const fold = new OrderBookFold();
  let number = 0;
  try {
    for await (const line of readLines(path)) {
      number += 1;
      fold.add(parseBookLine(line, number), number);
    }
    return fold.book();
  } catch (error) {
    if (isOrderBookFormatError(error))
      throw misused('HistoryInvalid', `${path}: ${error.message}`, { field: 'history' });
    const why = errno(error);
    if (why === undefined) throw error;
    throw misused('FileUnreadable', `${path} cannot be read: ${why}`, { field: 'history' });
  }
};
