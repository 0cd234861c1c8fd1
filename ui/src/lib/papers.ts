// The paper that can be in a printer.
export const PAPERS = ["58mm", "80mm"] as const;

/** How wide it is, for people. */
export const MILLIMETRES = { "58mm": "58", "80mm": "80" };
