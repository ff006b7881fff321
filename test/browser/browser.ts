/** A real browser: the system's Chromium, without anything that would make it look for a network. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { launch, type Browser, type Page } from 'puppeteer-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** For what hangs: on a busy machine a page takes its time. */
const PATIENCE_MS = 120_000;

/** @throws Error when this machine has no Chromium: a page that nobody has looked at is not tested */
export function startBrowser(): Promise<Browser> {
  return launch({ executablePath: chromium(), args: FLAGS, headless: true, timeout: PATIENCE_MS });
}

export async function newPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

function chromium(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `no Chromium on the PATH (${NAMES.join(', ')}): install it, on Debian by apt-get install chromium; this test needs a browser`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
