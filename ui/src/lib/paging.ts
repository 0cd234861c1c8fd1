// A long list, read page by page from its newest end. Nothing here knows the window.

/** Where each page on the way to this one began: below that job, or (null) at the newest. Never empty. */
export type Trail = readonly (number | null)[];

export const NEWEST: Trail = [null];

export function before(trail: Trail): number | null {
  return trail.at(-1) ?? null;
}

export function older(trail: Trail, last: number): Trail {
  return [...trail, last];
}

export function newer(trail: Trail): Trail {
  return trail.length > 1 ? trail.slice(0, -1) : trail;
}

/** Which jobs of all a page of that many rows shows, counted from the newest as 1. */
export function range(trail: Trail, size: number, rows: number): [number, number] {
  const first = (trail.length - 1) * size + 1;
  return [first, first + rows - 1];
}

/** Lets the answer to the newest question through only: an older one that comes late gives undefined. */
export function newestOnly<T>(): (asked: Promise<T>) => Promise<T | undefined> {
  let questions = 0;
  return async (asked) => {
    const mine = ++questions;
    try {
      const answer = await asked;
      return mine === questions ? answer : undefined;
    } catch (error) {
      if (mine === questions) throw error;
      return undefined;
    }
  };
}

/** The first moment of a day such as "2026-11-28" on the wall of this machine, and that of the next; null where it is none. */
export function hoursOf(day: string): [number, number] | null {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (!year || !month || !date) return null;
  const start = new Date(Number(year), Number(month) - 1, Number(date));
  if (start.getMonth() !== Number(month) - 1) return null;
  return [start.getTime(), new Date(start.getFullYear(), start.getMonth(), start.getDate() + 1).getTime()];
}
