import type { FlowInput, ReportEntry, ReportPageBody } from '../messages';

/** A page of a wallet's report: its result is what it was given, so that the page can be read for as long as the namespace retains. */
export async function reconciliationReport({ body }: FlowInput<ReportPageBody>): Promise<readonly ReportEntry[]> {
  return body.entries;
}
