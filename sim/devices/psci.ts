/**
 * Firmware behind SMC on a machine without EL3: the Power State Coordination Interface 1.1 (Arm DEN 0022D, 5.1 and 5.2) for
 * one core.
 */
import type { Cpu } from '../core/cpu.ts';
import { X0 } from '../core/registers.ts';

/** Function identifiers; those of 64-bit arguments have bit 30 set. */
const VERSION = 0x8400_0000;
const CPU_SUSPEND = 0x8400_0001;
const CPU_OFF = 0x8400_0002;
const CPU_ON = 0x8400_0003;
const AFFINITY_INFO = 0x8400_0004;
const MIGRATE_INFO_TYPE = 0x8400_0006;
const SYSTEM_OFF = 0x8400_0008;
const SYSTEM_RESET = 0x8400_0009;
const FEATURES = 0x8400_000a;
const SMC64 = 0x4000_0000;

const functions: ReadonlySet<number> = new Set([
  ...[VERSION, CPU_OFF, MIGRATE_INFO_TYPE, SYSTEM_OFF, SYSTEM_RESET, FEATURES],
  ...[CPU_SUSPEND, CPU_ON, AFFINITY_INFO].flatMap((id) => [id, (id | SMC64) >>> 0]),
]);

const VERSION_1_1 = 0x1_0001n;
const SUCCESS = 0n;
const NOT_SUPPORTED = -1n;
const INVALID_PARAMETERS = -2n;
const ALREADY_ON = -4n;
/** AFFINITY_INFO. */
const ON = 0n;
/** MIGRATE_INFO_TYPE: no trusted OS that would have to be migrated. */
const NO_TRUSTED_OS = 2n;
/** CPU_SUSPEND's power_state: what names a power level above the core's. */
const POWER_LEVELS = 0xfffe_0000n;
const WORD = 0xffff_ffffn;

/** Which of its calls take the machine down. */
export type PowerCall = 'CPU_OFF' | 'SYSTEM_OFF' | 'SYSTEM_RESET';

/** Carries out the call that X0 to X3 hold: the result is in X0 afterwards. `powerDown` is told of a call without return. */
export function callPsci(cpu: Cpu, powerDown: (call: PowerCall) => void): void {
  const id = cpu.words[2 * X0]!;
  if (id === CPU_OFF) powerDown('CPU_OFF');
  else if (id === SYSTEM_OFF) powerDown('SYSTEM_OFF');
  else if (id === SYSTEM_RESET) powerDown('SYSTEM_RESET');
  else cpu.write(X0, BigInt.asUintN(64, result(cpu, id)));
}

function result(cpu: Cpu, id: number): bigint {
  const [first, second] = [cpu.cells[X0 + 1]!, cpu.cells[X0 + 2]!];
  if (!functions.has(id)) return NOT_SUPPORTED;
  switch ((id & ~SMC64) >>> 0) {
    case VERSION:
      return VERSION_1_1;
    case MIGRATE_INFO_TYPE:
      return NO_TRUSTED_OS;
    case FEATURES:
      return functions.has(Number(first & WORD)) ? SUCCESS : NOT_SUPPORTED;
    case AFFINITY_INFO:
      // Levels above the core's are always on; the one core has affinity 0.
      return second !== 0n || first === 0n ? ON : INVALID_PARAMETERS;
    case CPU_ON:
      return first === 0n ? ALREADY_ON : INVALID_PARAMETERS;
    default:
      // CPU_SUSPEND: standby, which an interrupt may end at any time; here it ends at once.
      return (first & POWER_LEVELS) === 0n ? SUCCESS : INVALID_PARAMETERS;
  }
}
