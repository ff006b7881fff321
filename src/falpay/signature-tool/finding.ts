export type FindingCode =
  | 'missing'
  | 'encoding'
  | 'wrong-key'
  | 'other-party'
  | 'algorithm'
  | 'string-to-sign'
  | 'whitespace'
  | 'reserialised'
  | 'changed'
  | 'timestamp'
  | 'clock';

export interface Finding {
  readonly code: FindingCode;
  /** What is wrong, and what to do about it. */
  readonly message: string;
  /** Whether it alone makes the message invalid. A resent callback that is old is only worth knowing of. */
  readonly refuses: boolean;
}

/** A finding that makes the message invalid. */
export const refusal = (code: FindingCode, message: string): Finding => ({ code, message, refuses: true });
