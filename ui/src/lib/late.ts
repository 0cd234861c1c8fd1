// A press that was meant for what stood there a moment ago: hand and eye are slower than a state that changes.

/** Presses within this time after a change are for what was there before it. In milliseconds. */
export const REACTION = 500;

/** Knows whether a press is late; `now` gives milliseconds. */
export function lateness(now: () => number = () => performance.now()) {
  let shown: string | null = null;
  let since = -Infinity;
  return {
    /** That is shown now. What is shown first was not something else before. */
    shows(next: string): void {
      if (shown !== null && next !== shown) since = now();
      shown = next;
    },
    isLate: () => now() - since < REACTION,
  };
}
