/** The name that people type to start the program. Alone, because everything needs it and --version little else. */
export const PROGRAM = "opper-agent";
