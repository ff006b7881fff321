/** The Temporal UI as an operator uses it: its tabs, its buttons and its dialogs, by what they are called there. */
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { until } from '../setup/until';
import { newPage } from './browser';
import type { Operations } from './operations';

const BRIEFLY_MS = 2_000;
/** Wide enough for the UI to show its buttons side by side. */
const SIZE = { width: 1440, height: 1000 };

/** Expressions for the page: it runs them, and these files know none of its words. */
const FIELD = `document.querySelector('dialog[open] .cm-content')`;

const LIST_IS_CLOSED = `![...document.querySelectorAll('dialog[open] [role="option"]')].some((option) =>
  option.checkVisibility({ opacityProperty: true, visibilityProperty: true }))`;

const chosenIn = (list: string) => `document.querySelector('dialog[open] [data-testid="${list}"]').value`;

export class TemporalUi {
  private constructor(
    readonly page: Page,
    private readonly operations: Operations,
  ) {}

  static async open(browser: Browser, operations: Operations): Promise<TemporalUi> {
    const page = await newPage(browser);
    await page.setViewport(SIZE);
    return new TemporalUi(page, operations);
  }

  /** Of what the window shows, once nothing on it moves any more. */
  async picture(path: `${string}.png`): Promise<void> {
    await this.page.waitForNetworkIdle({ concurrency: 2 });
    await this.page.waitForFunction(`document.getAnimations().every(({ playState, effect }) =>
      playState !== 'running' || effect.getTiming().iterations === Infinity)`);
    await this.page.screenshot({ path });
  }

  close(): Promise<void> {
    return this.page.close();
  }

  /** The list of flows that a visibility query finds. */
  async list(query: string): Promise<void> {
    await this.page.goto(this.operations.listPage(query));
  }

  /** The page of a flow, where what it says of itself stands. */
  async flow(workflowId: string): Promise<void> {
    await this.page.goto(this.operations.flowPage(workflowId));
    await this.choose('User Metadata');
  }

  /** Waits until the page shows this text, wherever it does. */
  async shows(text: string): Promise<void> {
    // What is Markdown stands in a frame of its own.
    const says = async () => {
      const texts = this.page.frames().map((frame) => frame.evaluate('document.body?.innerText').catch(() => ''));
      return (await Promise.all(texts)).some((told) => String(told).includes(text));
    };
    await until(says, () => `the page does not show "${text}"`);
  }

  /** One of the tabs of a flow's page. */
  async choose(tab: string): Promise<void> {
    await this.page.locator(`[data-testid="${tab.toLowerCase().replace(' ', '-')}-tab"]`).click();
  }

  /** *More Actions* → *Send an Update*, up to the button that sends it. */
  async fillUpdate(name: string, data: object): Promise<void> {
    await this.moreActions('update-button');
    const chosen = chosenIn('update-select');
    await this.again(
      async () => {
        if ((await this.page.evaluate(chosen)) !== name) await this.pick(name, 'update-select');
        // The list lies over the editor until it has closed: a click meant for the one would choose from the other.
        await this.page.waitForFunction(LIST_IS_CLOSED).catch(() => undefined);
        await this.page.locator('dialog[open] .cm-content').click();
      },
      `${chosen} === ${JSON.stringify(name)} && document.activeElement === ${FIELD}`,
    );
    // As pasted: typed, the editor would close each bracket by itself.
    await this.page.keyboard.sendCharacter(JSON.stringify(data));
    // Left, it sets the text out in lines, and the dialog grows: a click that leaves it would miss its button.
    await this.page.keyboard.press('Tab');
    await this.page.waitForFunction(`${FIELD}.querySelectorAll('.cm-line').length > 2`);
  }

  async sendUpdate(name: string, data: object): Promise<void> {
    await this.fillUpdate(name, data);
    await this.confirm();
  }

  /** What the open dialog says, as soon as it says this. */
  async dialogSays(text: string): Promise<string> {
    const where = 'dialog[open]';
    await this.page.waitForFunction(`document.querySelector('${where}')?.innerText.includes(${JSON.stringify(text)})`);
    return this.page.$eval(where, (dialog) => dialog.textContent ?? '');
  }

  async dialogCloses(): Promise<void> {
    await this.page.waitForFunction(`document.querySelector('dialog[open]') === null`);
  }

  async requestCancellation(): Promise<void> {
    await this.press('button ::-p-text(Request Cancellation)');
    await this.confirm();
  }

  async terminate(reason: string): Promise<void> {
    await this.moreActions('terminate-button');
    await this.page.locator('dialog[open] [data-testid="workflow-termination-reason"]').fill(reason);
    await this.confirm();
  }

  /** Back to the end of the workflow task that the list calls so: `4 - WorkflowTaskCompleted`. */
  async reset(to: string, reason: string): Promise<void> {
    await this.moreActions('reset-button');
    await this.again(
      () => this.pick(to, 'workflow-reset-event-id-select'),
      `${chosenIn('workflow-reset-event-id-select')} !== ''`,
    );
    await this.page.locator('dialog[open] [data-testid="reset-reason"]').fill(reason);
    await this.confirm();
  }

  /** The button by which the open dialog does what it is about. */
  async confirm(): Promise<void> {
    await this.page.locator('dialog[open] [data-testid="confirm-modal-button"]').click();
  }

  private async moreActions(item: string): Promise<void> {
    await this.press('button ::-p-text(More Actions)');
    await this.press(`[data-testid="${item}"]`);
  }

  private async pick(name: string, list: string): Promise<void> {
    const option = `dialog[open] [role="option"] ::-p-text(${name})`;
    if (!(await (await this.page.$(option))?.isVisible()))
      await this.page.locator(`dialog[open] [data-testid="${list}-button"]`).click();
    await this.page.locator(option).click();
  }

  /** Lists open and dialogs grow while they are clicked on, on a busy machine slowly: done as a person would, until it has happened. */
  private async again(act: () => Promise<void>, happened: string): Promise<void> {
    const patient = this.page.getDefaultTimeout();
    await until(
      async () => {
        this.page.setDefaultTimeout(BRIEFLY_MS);
        await act().catch(() => undefined);
        const done = await this.page.waitForFunction(happened).then(
          () => true,
          () => false,
        );
        this.page.setDefaultTimeout(patient);
        return done;
      },
      () => `it never becomes true that ${happened}`,
    );
  }

  /** The UI holds its buttons twice, for wide pages and for narrow ones, and shows one of them. */
  private async press(selector: string): Promise<void> {
    let shown: ElementHandle | undefined;
    await until(
      async () => {
        for (const one of await this.page.$$(selector)) if (await one.isVisible()) shown = one;
        return shown !== undefined;
      },
      () => `the page shows no ${selector}`,
    );
    await shown?.click();
  }
}
