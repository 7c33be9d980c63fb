/**
 * Models that a user added to Droid. A session names one by its label and a number, `custom:Fast-GPT-0`; what it is, and
 * where its requests go, only the settings say.
 */
import { isRecord } from "../../core/json/is_record.ts";
import { parseLenientJson } from "../formats/lenient_json.ts";
import { sellerAt } from "../formats/known_hosts.ts";

/** Plain data that survives JSON. Nothing of a key, nor of an address. */
export interface CustomModel {
  /** As sessions write it, without what comes before and behind. */
  readonly label: string;
  /** Its place in the list, or what the settings have for it. */
  readonly place: number;
  readonly id?: string;
  readonly model: string;
  /** Which API it has: `anthropic`, `openai`, `generic-chat-completion-api`. */
  readonly kind?: string;
  /** Where the host is known: who answers there. */
  readonly seller?: string;
}

/** @param texts Of settings files, those that there are. The first one that names a model has the say */
export function listCustomModels(texts: Iterable<string | undefined>): readonly CustomModel[] {
  return [...texts].flatMap((text) => {
    const settings = text === undefined ? undefined : parseLenientJson(text);
    if (!isRecord(settings)) return [];
    // The older file has other words.
    const lists = [settings.customModels, settings.custom_models];
    return lists.flatMap((list) => Array.isArray(list) ? list.flatMap(readCustomModel) : []);
  });
}

function readCustomModel(entry: unknown, place: number): readonly CustomModel[] {
  if (!isRecord(entry)) return [];
  const textOf = (...names: readonly string[]) =>
    names.map((name) => entry[name]).find((value) => typeof value === "string" && value.trim() !== "") as
      | string
      | undefined;
  const model = textOf("model");
  if (model === undefined) return [];
  const label = textOf("displayName", "model_display_name") ?? model;
  const { index } = entry;
  return [{
    label: dashed(label),
    place: typeof index === "number" ? index : place,
    id: textOf("id"),
    model,
    kind: textOf("provider")?.toLowerCase(),
    seller: sellerAt(textOf("baseUrl", "base_url")),
  }];
}

function dashed(label: string): string {
  return label.trim().replace(/\s+/g, "-");
}

/** Whether a session names a model of the user's own. */
export function isCustomModel(name: string): boolean {
  return name.startsWith("custom:");
}

/**
 * The number behind a label tells apart those of one label, or is the place in the list: both were seen. Undefined for one
 * that is not there any more, and where it could be several.
 */
export function findCustomModel(name: string, models: readonly CustomModel[]): CustomModel | undefined {
  const [, label = "", number] = /^custom:(.*?)(?:-(\d+))?$/.exec(name) ?? [];
  const byId = models.find(({ id }) => id === name);
  if (byId !== undefined) return byId;
  const alike = models.filter((model) => model.label === label || `custom:${model.label}` === name);
  const [first] = alike;
  if (first === undefined || alike.every((model) => isSame(model, first))) return first;
  const byPlace = alike.filter(({ place }) => place === Number(number));
  const byCount = alike[Number(number)];
  const found = byPlace.length === 1 ? byPlace[0] : byCount;
  return byCount === undefined || found === undefined || isSame(found, byCount) ? found : undefined;
}

function isSame(a: CustomModel, b: CustomModel): boolean {
  return a.model === b.model && a.kind === b.kind && a.seller === b.seller;
}
