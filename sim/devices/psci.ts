/**
 * Firmware behind SMC on a machine without EL3: the Power State Coordination Interface 1.1 (Arm DEN 0022D, 5.1 and 5.2) for
 * one core.
 */
import type { Cpu } from '../core/cpu.ts';
import { X0 } from '../core/registers.ts';
import { AFFINITY, functionsWith64, NO_TRUSTED_OS, PSCI, PSCI_RETURN, SMC64 } from './psci-interface.ts';

const functions: ReadonlySet<number> = new Set([
  ...Object.values(PSCI),
  ...[...functionsWith64].map((id) => (id | SMC64) >>> 0),
]);

const VERSION_1_1 = 0x1_0001n;
/** CPU_SUSPEND's power_state: what names a power level above the core's. */
const POWER_LEVELS = 0xfffe_0000n;
const WORD = 0xffff_ffffn;

/** Which of its calls take the machine down. */
export type PowerCall = 'CPU_OFF' | 'SYSTEM_OFF' | 'SYSTEM_RESET';

/** Carries out the call that X0 to X3 hold: the result is in X0 afterwards. `powerDown` is told of a call without return. */
export function callPsci(cpu: Cpu, powerDown: (call: PowerCall) => void): void {
  const id = cpu.words[2 * X0]!;
  if (id === PSCI.cpuOff) powerDown('CPU_OFF');
  else if (id === PSCI.systemOff) powerDown('SYSTEM_OFF');
  else if (id === PSCI.systemReset) powerDown('SYSTEM_RESET');
  else cpu.write(X0, BigInt.asUintN(64, result(cpu, id)));
}

function result(cpu: Cpu, id: number): bigint {
  const [first, second] = [cpu.cells[X0 + 1]!, cpu.cells[X0 + 2]!];
  if (!functions.has(id)) return PSCI_RETURN.notSupported;
  switch ((id & ~SMC64) >>> 0) {
    case PSCI.version:
      return VERSION_1_1;
    case PSCI.migrateInfoType:
      return NO_TRUSTED_OS;
    case PSCI.features:
      return functions.has(Number(first & WORD)) ? PSCI_RETURN.success : PSCI_RETURN.notSupported;
    case PSCI.affinityInfo:
      // Levels above the core's are always on; the one core has affinity 0.
      return second !== 0n || first === 0n ? AFFINITY.on : PSCI_RETURN.invalidParameters;
    case PSCI.cpuOn:
      return first === 0n ? PSCI_RETURN.alreadyOn : PSCI_RETURN.invalidParameters;
    default:
      // CPU_SUSPEND: standby, which an interrupt may end at any time; here it ends at once.
      return (first & POWER_LEVELS) === 0n ? PSCI_RETURN.success : PSCI_RETURN.invalidParameters;
  }
}
