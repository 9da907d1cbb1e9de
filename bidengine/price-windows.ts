/** Prices by the clock on the wall: the time is an input, the rules of time zones are the IANA database's. */
import type { TimeWindow } from './pricing-policy.js';

/** A moment as a clock in some place shows it. */
export interface LocalTime {
  /** 0 is Sunday. */
  readonly weekday: number;
  /** After midnight, 0 to 1439. */
  readonly minute: number;
}

const MINUTES_PER_DAY = 1_440;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

const formats = new Map<string, Intl.DateTimeFormat>();

const formatIn = (timeZone: string): Intl.DateTimeFormat => {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  return format;
};

/** Whether the IANA database has a zone of this name. */
export const isTimeZone = (timeZone: string): boolean => {
  try {
    formatIn(timeZone);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

/** @param nowMs Unix milliseconds. @throws RangeError for an unknown zone */
export const localTime = (nowMs: number, timeZone: string): LocalTime => {
  const parts = new Map(
    formatIn(timeZone)
      .formatToParts(new Date(nowMs))
      .map(({ type, value }) => [type, value]),
  );
  return {
    weekday: DAYS.indexOf(parts.get('weekday') ?? ''),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
};

const holds = ({ days, from, to }: TimeWindow, { weekday, minute }: LocalTime): boolean => {
  const until = to > from ? to : to + MINUTES_PER_DAY;
  const yesterday = (weekday + 6) % 7;
  return (
    (days.includes(weekday) && minute >= from && minute < until) ||
    (days.includes(yesterday) && minute + MINUTES_PER_DAY < until)
  );
};

/** The first window that holds at `nowMs`. A window that begins in the evening belongs to the day it begins on. */
export const windowAt = (windows: readonly TimeWindow[], nowMs: number): TimeWindow | undefined =>
  windows.find((w) => holds(w, localTime(nowMs, w.timeZone)));
