/** Bytes that nobody can have written: the index is damaged. */
export class DamagedBytesError extends Error {
  override readonly name = "DamagedBytesError";
}
