/** The models that a part of a log names (part_codec.ts), each once, and each once more for each host that served it. */
import { isSameModel, type ModelRef } from "../../../core/model.ts";
import type { ByteReader } from "./byte_reader.ts";
import type { ByteWriter } from "./byte_writer.ts";
import { DamagedBytesError } from "./damaged_bytes_error.ts";
import type { TextReader, TextWriter } from "./text_codec.ts";

/** A model, or one at a host behind its provider. */
export type PartModel = ModelRef & { readonly upstream?: string };

/** As they are read, by their places. */
export interface PartModels {
  readonly models: readonly ModelRef[];
  /** In the same order; empty where none is at a host. */
  readonly hosts: readonly (string | undefined)[];
}

/** A log has a few, and neighbours mostly the same object. Adds one that is not there. */
export function placeOf(model: ModelRef, models: PartModel[], upstream?: string): number {
  for (let place = 0; place < models.length; place++) {
    const known = models[place]!;
    if (known === model && upstream === undefined) return place;
    if (known.model === model.model && known.provider === model.provider && known.upstream === upstream) return place;
  }
  const { provider, model: name } = model;
  return models.push(upstream === undefined ? model : { provider, model: name, upstream }) - 1;
}

/** All of them. */
export function writeModels(writer: ByteWriter, texts: TextWriter, models: readonly PartModel[]): void {
  const haveHosts = models.some(({ upstream }) => upstream !== undefined);
  writer.varint(2 * models.length + (haveHosts ? 1 : 0));
  for (const { provider, model, upstream = "" } of models) {
    texts.text(provider);
    texts.text(model);
    if (haveHosts) texts.text(upstream);
  }
}

const NO_HOSTS: PartModels["hosts"] = [];

/** Of a model by its place: the host that it is at, if it is at one. */
export function hostOfPlace(hosts: PartModels["hosts"], place: number): string | undefined {
  return hosts.length === 0 ? undefined : hosts[place];
}

/** The same again. @throws {DamagedBytesError} */
export function readModels(reader: ByteReader, names: TextReader): PartModels {
  const number = reader.varint();
  const count = Math.floor(number / 2);
  if (count > reader.left) throw new DamagedBytesError("There are more models than bytes.");
  const models: ModelRef[] = [];
  if (number % 2 === 0) {
    while (models.length < count) models.push({ provider: names.text(), model: names.text() });
    return { models, hosts: NO_HOSTS };
  }
  const hosts: (string | undefined)[] = [];
  while (models.length < count) {
    const model = { provider: names.text(), model: names.text() };
    const host = names.text() || undefined;
    // One object for a model at several hosts.
    models.push(host === undefined ? model : models.find((known) => isSameModel(known, model)) ?? model);
    hosts.push(host);
  }
  return { models, hosts };
}

/** @throws {DamagedBytesError} when there is none at that place */
export function modelAt(models: readonly ModelRef[], place: number): ModelRef {
  const model = models[place];
  if (model === undefined) throw new DamagedBytesError("There is no such model.");
  return model;
}

/** @throws {DamagedBytesError} when what is at that place is at no host */
export function hostAt(hosts: PartModels["hosts"], place: number): string {
  const host = hostOfPlace(hosts, place);
  if (host === undefined) throw new DamagedBytesError("There is no such host.");
  return host;
}
