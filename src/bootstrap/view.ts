import { Listr, type ListrTask } from 'listr2';
import type { Report } from './report';

/** One thing that is done and shown; what `work` returns is put behind its title. */
export interface ViewStage {
  readonly title: string;
  readonly work: (say: Report) => Promise<string>;
}

/** Stages in order; those inside a list run at the same time. */
export type ViewPlan = readonly (ViewStage | readonly ViewStage[])[];

/** Shows the plan while it is carried out: live on a terminal, as plain lines anywhere else. Rejects with the first failure. */
export async function carryOut(plan: ViewPlan, live: boolean): Promise<void> {
  const tasks = plan.map((entry): ListrTask =>
    'work' in entry
      ? toTask(entry, live)
      : {
          task: (_, task) =>
            task.newListr(
              entry.map((stage) => toTask(stage, live)),
              { concurrent: true },
            ),
        },
  );
  await (live
    ? new Listr(tasks, {
        renderer: 'default',
        rendererOptions: { collapseSubtasks: false, formatOutput: 'wrap' },
      }).run()
    : new Listr(tasks, { renderer: 'silent' }).run());
}

function toTask({ title, work }: ViewStage, live: boolean): ListrTask {
  if (live) {
    return {
      title,
      rendererOptions: { outputBar: true, persistentOutput: false },
      task: async (_, task) => {
        const done = await work((line) => (task.output = line));
        task.title = `${title}  ${done}`;
      },
    };
  }
  return {
    title,
    task: async () => {
      const done = await work((line) => line.split('\n').forEach((one) => print(`  ${one}`)));
      print(`${title}: ${done}`);
    },
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
