/**
 * The page caches, by privilege: what EL0, EL1 and EL2 may reach is cached apart, so that an exception or a return
 * between them drops nothing.
 */
import { dropAll, dropPage, dropRamPage, makePageCache, type PageCache } from './page-cache.ts';
import type { Access, AccessKind } from './permissions.ts';

export interface PrivilegeView {
  readonly read: PageCache;
  readonly write: PageCache;
  readonly fetch: PageCache;
  readonly accesses: Readonly<Record<AccessKind, Access>>;
}

/** Of EL1's view of data while PSTATE.PAN is 1. */
const EL1_PAN = 3;

export class PrivilegeViews {
  readonly #views: readonly PrivilegeView[];
  readonly #el1Caches: readonly PageCache[];
  readonly #el2Caches: readonly PageCache[];

  constructor() {
    const el1 = makeView(1, false);
    // PAN is not for fetches, and not for cache maintenance.
    const el1Pan = { ...makeView(1, true), fetch: el1.fetch };
    this.#views = [makeView(0, false), el1, makeView(2, false), el1Pan];
    const cachesOf = (...views: PrivilegeView[]) => views.flatMap(({ read, write, fetch }) => [read, write, fetch]);
    this.#el1Caches = [...new Set(cachesOf(this.#views[0]!, el1, el1Pan))];
    this.#el2Caches = cachesOf(this.#views[2]!);
  }

  /** What exception level `el` reaches; `pan`: PSTATE.PAN, which only EL1 heeds. */
  of(el: number, pan: boolean): PrivilegeView {
    return this.#views[el === 1 && pan ? EL1_PAN : el]!;
  }

  /** Drops all that is cached of EL1 and EL0, and of EL2. */
  drop(regimes: { readonly el1: boolean; readonly el2: boolean }): void {
    if (regimes.el1) for (const cache of this.#el1Caches) dropAll(cache);
    if (regimes.el2) for (const cache of this.#el2Caches) dropAll(cache);
  }

  /** Drops what may be cached of page number `page` (bits 55:12 of an address). */
  dropPage(page: number): void {
    for (const cache of this.#el1Caches) dropPage(cache, page);
    for (const cache of this.#el2Caches) dropPage(cache, page);
  }

  /** Drops what lets stores reach the page of RAM at `offset` by the fast path. */
  dropWritesTo(offset: number): void {
    for (const view of this.#views) dropRamPage(view.write, offset);
  }
}

function makeView(el: number, pan: boolean): PrivilegeView {
  return {
    read: makePageCache(),
    write: makePageCache(),
    fetch: makePageCache(),
    accesses: {
      read: { kind: 'read', el, pan },
      write: { kind: 'write', el, pan },
      fetch: { kind: 'fetch', el, pan: false },
      clean: { kind: 'clean', el, pan: false },
      invalidate: { kind: 'invalidate', el, pan: false },
    },
  };
}
