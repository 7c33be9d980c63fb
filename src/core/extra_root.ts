/** A directory that somebody named for a source, on the command line or in config.json. Types alone. */

/** Read besides the places where the source looks by itself. */
export interface ExtraRoot {
  /** Id of the source. */
  readonly source: string;
  /** Absolute, or relative to the working directory. */
  readonly directory: string;
}
