import type { Scenario } from './scenario';
import { audits } from './scenarios/audits';
import { callbacks } from './scenarios/callbacks';
import { cardLife } from './scenarios/card-life';
import { cards } from './scenarios/cards';
import { ends } from './scenarios/ends';
import { happy } from './scenarios/happy';
import { operators } from './scenarios/operators';
import { recharges } from './scenarios/recharges';
import { standAlone } from './scenarios/stand-alone';
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
].toSorted((left, right) => Number(right.alone !== undefined) - Number(left.alone !== undefined));
