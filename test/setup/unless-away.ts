import { TemporalUnavailableError } from '../../src/client';

/** What was asked for; undefined where Temporal did not answer in time: whoever gets no answer asks again. */
export async function unlessAway<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof TemporalUnavailableError) return undefined;
    throw error;
  }
}
