/** `berth explain`: would this provider bid, at what price, and why not. */
import type { Desk } from '../explain/desks.js';
import type { Question } from '../explain/question.js';
import { explanationLines } from '../explain/render.js';
import type { Context } from '../ports.js';

/** Asks about each in turn and prints every answer. @throws CliFailure with the first question that got none */
export const explainAll = async (
  ctx: Context,
  desk: Desk,
  questions: readonly Question[],
): Promise<void> => {
  const all = [];
  const text: string[] = [];
  for (const question of questions) {
    const answers = await desk.answer(question);
    for (const [i, answer] of answers.entries()) {
      const label = answers.length === 1 ? question.label : `${question.label} group ${i + 1}`;
      const said = { asked: label, ...answer };
      ctx.output.step(said);
      all.push(said);
      text.push(...explanationLines(answer, label, ctx.terminal), '');
    }
  }
  if (ctx.output.mode === 'jsonl') return;
  ctx.output.result({ explanations: all }, text.join('\n').trimEnd());
};
