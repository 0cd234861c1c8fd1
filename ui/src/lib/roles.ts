// What printers are there for, the usual one first.
export const ROLES = ["default", "receipt", "kitchen", "bar", "label"];
