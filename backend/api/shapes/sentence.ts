import { z } from 'zod';

export const sentence = z.object({ ru: z.string(), en: z.string() });
