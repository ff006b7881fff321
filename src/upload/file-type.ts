/** A type of file that FalPay takes as an identity paper. [I] */
export interface FileType {
  readonly contentType: 'image/jpeg' | 'image/png' | 'application/pdf';
  /** Of its key. */
  readonly ending: 'jpg' | 'png' | 'pdf';
}

const TYPES: readonly (FileType & { readonly magic: Buffer })[] = [
  { contentType: 'image/jpeg', ending: 'jpg', magic: Buffer.from([0xff, 0xd8, 0xff]) },
  { contentType: 'image/png', ending: 'png', magic: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1') },
  { contentType: 'application/pdf', ending: 'pdf', magic: Buffer.from('%PDF-', 'latin1') },
];

/** The types that are taken, for a message. */
export const TAKEN_TYPES = 'JPEG, PNG or PDF';

/** How many bytes tell a type. */
export const MAGIC_LENGTH = Math.max(...TYPES.map(({ magic }) => magic.length));

/** The type a file has by its first bytes, whatever it is called; undefined for none that is taken. */
export function fileTypeOf(head: Buffer): FileType | undefined {
  const found = TYPES.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  return found && { contentType: found.contentType, ending: found.ending };
}

/** What senders write that do not know the type. */
const UNTOLD = new Set(['', 'application/octet-stream', 'binary/octet-stream']);
const SPELLINGS: Readonly<Record<string, string>> = { 'image/jpg': 'image/jpeg', 'image/pjpeg': 'image/jpeg' };

/** Whether a content type as a sender writes it is, or may be, this type. */
export function agrees(declared: string | undefined, { contentType }: FileType): boolean {
  const type = declared?.split(';')[0]?.trim().toLowerCase() ?? '';
  return UNTOLD.has(type) || (SPELLINGS[type] ?? type) === contentType;
}
