import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity';

/** What a lock file says: who holds it, and whatever the holder wants a second comer to know. */
export interface LockHolder<Note> extends ProcessIdentity {
  readonly note: Note;
}

export interface HeldLock<Note> {
  /** Replaces the note, for instance when the addresses are known. */
  annotate(note: Note): void;
  release(): void;
}

export type LockAttempt<Note> =
  { readonly held: true; readonly lock: HeldLock<Note> } | { readonly held: false; readonly holder: LockHolder<Note> };

/**
 * Takes a lock file, or says who has it. A lock whose holder died is taken over: the file names the holder by pid and
 * start time, so that neither a crash nor a reused pid blocks anybody.
 *
 * @param holder the process whose life is the lock's; this one unless another keeps what the lock is for
 */
export function tryLock<Note>(file: string, note: Note, holder: ProcessIdentity = ownIdentity()): LockAttempt<Note> {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${holder.pid}.${randomUUID()}`;
  writeFileSync(draft, JSON.stringify({ ...holder, note }), { mode: 0o600 });
  try {
    for (;;) {
      if (placed(draft, file)) return { held: true, lock: heldLock(file, holder) };
      const found = readHolder<Note>(file);
      if (found !== undefined && isAlive(found)) return { held: false, holder: found };
      setAside(file);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Waits for the lock, does the work, gives the lock back. `onWait` is told once who is in the way. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (holder: ProcessIdentity) => void = () => undefined,
): Promise<T> {
  for (let told = false; ; told = true) {
    const attempt = tryLock(file, null);
    if (attempt.held) {
      try {
        return await work();
      } finally {
        attempt.lock.release();
      }
    }
    if (!told) onWait(attempt.holder);
    await pause(250);
  }
}

/** A hard link appears with its whole content or not at all, and never replaces a file. */
function placed(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readHolder<Note>(file: string): LockHolder<Note> | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as LockHolder<Note>;
    return Number.isInteger(holder.pid) && typeof holder.started === 'string' ? holder : undefined;
  } catch {
    return undefined; // gone in the meantime, or damaged: nobody holds it
  }
}

/** Moving is atomic, so of several comers one moves a given file; a living lock moved by mistake is put back. */
function setAside(file: string): void {
  const aside = `${file}.stale.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return; // another comer was first
  }
  const moved = readHolder(aside);
  if (moved !== undefined && isAlive(moved)) placed(aside, file);
  rmSync(aside, { force: true });
}

function heldLock<Note>(file: string, self: ProcessIdentity): HeldLock<Note> {
  const mine = (): boolean => {
    const holder = readHolder(file);
    return holder?.pid === self.pid && holder.started === self.started;
  };
  return {
    annotate(note) {
      const draft = `${file}.${self.pid}.note`;
      writeFileSync(draft, JSON.stringify({ ...self, note }), { mode: 0o600 });
      renameSync(draft, file);
    },
    release() {
      if (mine()) rmSync(file, { force: true });
    },
  };
}
