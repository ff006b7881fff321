/** Small models that many answers share. */
import { z } from 'zod';
import { BLOCK_REASONS } from '../messages';

export const time = z.string().describe('ISO 8601 in UTC');
export const amount = z.string().describe('Decimal string in major units');
export const stage = z
  .enum(['RUNNING', 'WAITING', 'ACTION_REQUIRED', 'BLOCKED', 'COMPLETED', 'ABORTED'])
  .describe('ACTION_REQUIRED is work of the backend or its customer, BLOCKED an operator’s.');
export const reason = z.enum(BLOCK_REASONS);
export const falpayStatus = z.string().describe('FalPay’s status as received');
