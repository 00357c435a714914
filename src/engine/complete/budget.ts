import { ProviderError } from '../../core/errors.ts';
import { perhapsBilled } from '../../core/failures.ts';
import type { CompletionRequest, Usage } from '../../core/request.ts';
import type { Budget } from '../budget/budget.ts';
import type { Forecast } from '../budget/forecast.ts';
import type { Cost } from '../limiter/cost.ts';
import type { RunControl } from '../run-control.ts';
import type { Complete } from './complete.ts';

export interface BudgetParts {
  readonly budget: Budget;
  readonly forecast: Forecast;
  readonly control: RunControl;
}

/**
 * Lets each attempt out only within the budget. It stands inside the retry loop, for every attempt may be
 * billed; a record that sleeps between two attempts reserves nothing.
 */
export function withinBudget(next: Complete, { budget, forecast, control }: BudgetParts): Complete {
  return async (request, call) => {
    const claim = { outlook: () => forecast.outlook(request), priority: call.priority };
    const reservation = await budget.reserve(claim, call.deadline);
    let sent = false;
    let endpoint: string | undefined;
    const onSend = (to?: string): void => {
      sent = true;
      endpoint = to;
      call.onSend?.(to);
    };
    try {
      const completion = await next(request, { ...call, onSend });
      forecast.learn(request, completion.usage);
      reservation.settle({ ...used(forecast, request, completion.usage), endpoint });
      return completion;
    } catch (error) {
      const usage = sent ? billedUsage(error, control) : undefined;
      if (usage === undefined) reservation.release();
      else reservation.settle({ ...used(forecast, request, usage), endpoint });
      throw error;
    }
  };
}

/** What is not told is counted as estimated: rather a little left of the budget than more spent than was allowed. */
function used(forecast: Forecast, request: CompletionRequest, usage: Usage): Cost {
  const estimate = forecast.estimate(request);
  return {
    inputTokens: usage.inputTokens ?? estimate.inputTokens,
    outputTokens: usage.outputTokens ?? estimate.outputTokens,
  };
}

/** Undefined where a failed attempt is not billed; empty where it may be, but nobody knows how much. */
function billedUsage(error: unknown, control: RunControl): Usage | undefined {
  const cut = control.aborted || !(error instanceof ProviderError);
  if (cut) return {};
  return error.usage ?? (perhapsBilled(error.code) ? {} : undefined);
}
