import { z } from 'zod';

// Fields that are not needed to know an answer: an odd value in them counts as absent.

export const text = z.string().nullish().catch(undefined);
export const tokens = z.number().nonnegative().optional().catch(undefined);
