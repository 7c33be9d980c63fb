/** What pages of sums are about where the address names no period. */
export const USUAL_PERIOD = "30d";
