import type { Scenario } from './scenario';
import { audits } from './scenarios/audits';
import { callbacks } from './scenarios/callbacks';
import { cardLife } from './scenarios/card-life';
import { cards } from './scenarios/cards';
import { deliveries } from './scenarios/deliveries';
import { ends } from './scenarios/ends';
import { happy } from './scenarios/happy';
import { laterRuns } from './scenarios/later-runs';
import { operators } from './scenarios/operators';
import { recharges } from './scenarios/recharges';
import { reconciliations } from './scenarios/reconciliations';
import { standAlone } from './scenarios/stand-alone';
import { standAloneEnds } from './scenarios/stand-alone-ends';
import { standAloneHitches } from './scenarios/stand-alone-hitches';
import { unknownOutcomes } from './scenarios/unknown-outcomes';

/** Those that run alone come first; the rest run side by side. */
export const scenarios: readonly Scenario[] = [
  ...happy,
  ...callbacks,
  ...audits,
  ...unknownOutcomes,
  ...recharges,
  ...cards,
  ...cardLife,
  ...operators,
  ...ends,
  ...standAlone,
  ...standAloneHitches,
  ...standAloneEnds,
  ...laterRuns,
  ...reconciliations,
  ...deliveries,
].toSorted((left, right) => Number(right.alone !== undefined) - Number(left.alone !== undefined));
