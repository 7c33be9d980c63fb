/** Set by Pi in the shells that it opens (checked with 1.5.2, 2026-11-20), followed by `_ID` and `_FILE`. */
export const SESSION_VARIABLES = "PI_SESSION";
