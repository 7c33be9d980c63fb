/**
 * Raised when the same turns add up to another rollup than before (rollup.ts): the index then adds all sessions up again.
 * Apart from that, which a scan that finds nothing new has no need to load.
 */
export const ROLLUP_VERSION = 5;
