/** What an explanation says, as the operator's screening service sends it. Source: bidengine/explanation-json.ts. */
import { z } from 'zod';

const reason = z.object({
  code: z.string(),
  message: z.string(),
  field: z.string().optional(),
});

const explanation = z.looseObject({
  order: z.string(),
  result: z.enum(['bid', 'skip']),
  reasons: z.array(reason),
  checks: z.array(z.object({ name: z.string(), passed: z.boolean(), reason: reason.optional() })),
  placement: z.array(
    z.looseObject({ unitId: z.number(), replica: z.number(), node: z.string(), gpus: z.string() }),
  ),
  placedBy: z.string().optional(),
  quote: z
    .looseObject({
      price: z.object({ denom: z.string(), amount: z.string() }),
      usdPerHour: z.string(),
      policy: z.string(),
      raisedTo: z.string().optional(),
      terms: z.array(
        z.object({
          item: z.string(),
          quantity: z.string(),
          usdPerHourEach: z.string(),
          usdPerHour: z.string(),
          factors: z
            .array(z.object({ why: z.string(), multiplier: z.string().optional() }))
            .optional(),
        }),
      ),
    })
    .nullable(),
  policies: z.array(
    z.object({
      name: z.string(),
      priority: z.number(),
      outcome: z.string(),
      why: z.string(),
    }),
  ),
});

export const answerSchema = z.object({ explanations: z.array(explanation) });
export const refusalSchema = z.object({ error: reason });
export type ExplanationAnswer = z.infer<typeof explanation>;
