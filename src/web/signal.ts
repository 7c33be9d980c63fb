/**
 * Values that are followed: a component that reads `value` while it draws is drawn again when that changes, alone, and an
 * effect runs again. What is read by `peek` is not followed.
 */
import { type Component, options, type VNode } from "preact";

/** A value that is followed. Setting what it is already changes nothing. */
export interface Signal<T> {
  value: T;
  peek(): T;
}

/** One that only its owner sets. */
export type ReadonlySignal<T> = Readonly<Signal<T>>;

/** What follows signals: a component, or an effect. */
interface Reader {
  readonly onChange: () => void;
  /** Of each signal that it read last, all that follow it. */
  readonly lists: Set<Set<Reader>>;
}

/** The one that reads now. */
let reader: Reader | undefined;

export function signal<T>(value: T): Signal<T> {
  const readers = new Set<Reader>();
  return {
    get value() {
      if (reader !== undefined) {
        readers.add(reader);
        reader.lists.add(readers);
      }
      return value;
    },
    set value(next) {
      if (next === value) return;
      value = next;
      for (const { onChange } of [...readers]) onChange();
    },
    peek: () => value,
  };
}

/** Runs now, and whenever something changes that it read the last time, as long as the page is open. */
export function follow(run: () => void): void {
  const own = makeReader(() => {
    const outer = reader;
    begin(own);
    run();
    reader = outer;
  });
  own.onChange();
}

function makeReader(onChange: () => void): Reader {
  return { onChange, lists: new Set() };
}

/** What is read from now on is what it follows. */
function begin(own: Reader): void {
  forget(own);
  reader = own;
}

function forget(own: Reader): void {
  for (const readers of own.lists) readers.delete(own);
  own.lists.clear();
}

/** As Preact hands it to those who watch it: `__c` is the component itself, null of an element. */
type Drawn = VNode & { readonly __c: Component };

/** Preact's hooks hear of components in the same way: `__r` before one draws itself, `diffed` once that is done. */
const watched: Omit<typeof options, "unmount"> & Partial<Record<"__r" | "unmount", (drawn: Drawn) => void>> = options;
const { __r: before, diffed, unmount } = watched;
const readers = new WeakMap<Component, Reader>();

watched.__r = (drawn) => {
  before?.(drawn);
  const component = drawn.__c;
  const own = readers.get(component) ?? makeReader(() => component.forceUpdate());
  readers.set(component, own);
  begin(own);
};
watched.diffed = (drawn) => {
  reader = undefined;
  diffed?.(drawn);
};
watched.unmount = (drawn) => {
  const own = readers.get(drawn.__c);
  if (own !== undefined) forget(own);
  unmount?.(drawn);
};
