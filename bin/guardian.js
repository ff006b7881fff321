'use strict';
// Ends a program's children when the program itself can no longer do it (kill -9, crash, out of memory).
// The program holds our standard input open and writes `+<pid>` and `-<pid>`, one a line; each pid leads a process group.
// `~<folder>` names a temporary folder to remove when the processes are gone.
// When the pipe closes, whatever is still listed gets SIGTERM, and SIGKILL after the grace period.
// Plain Node without dependencies: it must start at once and outlive everything it guards.

const { rmSync } = require('node:fs');

const GRACE_MS = 10_000;
const POLL_MS = 50;
const guarded = new Set();
const folders = new Set();
let unread = '';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {}); // only the pipe ends us

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false; // gone already
  }
}

function endAll() {
  const deadline = Date.now() + GRACE_MS;
  for (const pid of guarded) signalGroup(pid, 'SIGTERM');
  const poll = setInterval(() => {
    const late = Date.now() > deadline;
    for (const pid of guarded) if (!signalGroup(pid, late ? 'SIGKILL' : 0)) guarded.delete(pid);
    if (guarded.size === 0) {
      clearInterval(poll);
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
      process.exit(0);
    }
  }, POLL_MS);
}

process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => {
  const lines = (unread + chunk).split('\n');
  unread = lines.pop();
  for (const line of lines) {
    if (line[0] === '~') folders.add(line.slice(1));
    const pid = Number(line.slice(1));
    if (!Number.isInteger(pid) || pid <= 1) continue;
    if (line[0] === '+') guarded.add(pid);
    if (line[0] === '-') guarded.delete(pid);
  }
});
process.stdin.on('end', endAll);
process.stdin.on('error', endAll);
