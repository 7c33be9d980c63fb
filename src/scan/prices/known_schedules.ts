/** Price schedules by model, each looked up once; that a model has none is remembered, too. */
import type { ModelRef } from "../../core/model.ts";
import type { PriceSchedule } from "./price_schedule.ts";

/** Asks for each model once. Looking one up takes a pass over the lists. */
export class ScheduleCache {
  readonly #find: (model: ModelRef) => PriceSchedule | undefined;
  readonly #providers = new Map<string, Map<string, PriceSchedule | undefined>>();

  constructor(find: (model: ModelRef) => PriceSchedule | undefined) {
    this.#find = find;
  }

  has({ provider, model }: ModelRef): boolean {
    return this.#providers.get(provider)?.has(model) ?? false;
  }

  /** What is known, without finding anything out; undefined also for what is known to have no price. */
  peek({ provider, model }: ModelRef): PriceSchedule | undefined {
    return this.#providers.get(provider)?.get(model);
  }

  get(ref: ModelRef): PriceSchedule | undefined {
    let models = this.#providers.get(ref.provider);
    if (models === undefined) this.#providers.set(ref.provider, models = new Map());
    const known = models.get(ref.model);
    if (known !== undefined || models.has(ref.model)) return known;
    const found = this.#find(ref);
    models.set(ref.model, found);
    return found;
  }

  set({ provider, model }: ModelRef, schedule: PriceSchedule | undefined): void {
    let models = this.#providers.get(provider);
    if (models === undefined) this.#providers.set(provider, models = new Map());
    models.set(model, schedule);
  }
}
