// Names for printers.

/** Most characters of a printer's name. */
export const LONGEST = 60;

/** The name for a new printer: the one that is wanted, or where another printer has it, the same with a number behind it. */
export function freeName(wanted: string, taken: string[]): string {
  const known = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const end = number === 1 ? "" : ` ${number}`;
    const name = wanted.slice(0, LONGEST - end.length).trimEnd() + end;
    if (!known.has(name.toLowerCase())) return name;
  }
}
