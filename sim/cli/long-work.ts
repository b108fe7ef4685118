/** What V8 is asked for in work that takes longer than a moment. */
import { setFlagsFromString } from 'node:v8';

/**
 * V8's own interrupt budget on 64-bit hosts, in bytes of bytecode. The loader (.build/load.cjs) has V8 wait fifteen times as long
 * before it optimizes a function, since most commands end before that pays.
 */
const INTERRUPT_BUDGET = 66 * 1024;
/** The versions of V8 for which the loader does that. */
const LAST_VERSION = 13;

let isExpected = false;

/** To be called where much work lies ahead: functions that run often are optimized as soon as V8 does by itself. */
export function expectLongWork(): void {
  if (isExpected) return;
  isExpected = true;
  if (Number.parseInt(process.versions.v8, 10) > LAST_VERSION) return;
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
