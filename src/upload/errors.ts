/** Why a file was not stored. */
export type UploadFault =
  /** Nothing in it. */
  | 'empty'
  /** Its first bytes are those of no type that is taken. */
  | 'unsupported-type'
  /** It is said to be one type and is another. */
  | 'type-mismatch'
  | 'too-large'
  /** It ended before, or went on after, the length it was said to have; or its sender went away. */
  | 'interrupted'
  /** The length has to be known beforehand, and was not said. */
  | 'length-required'
  /** The store did not answer, or failed: the same upload may be tried again. */
  | 'store-unavailable'
  /** The store refused: the credentials, the address or its permission must be mended. */
  | 'store-refused';

/** A file was not stored. Neither the file's name nor anything of its content is part of it. */
export class UploadError extends Error {
  override readonly name = 'UploadError';

  constructor(
    readonly fault: UploadFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
