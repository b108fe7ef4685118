/**
 * What the host does about a guest's exit, by the class of the exception that caused it (Linux: arch/arm64/kvm's
 * handle_exit.c). FP traps do not come here: hyp code switches the registers and the guest goes on.
 */
import { EXIT_CLASS, exitClass, isWaitForEvent } from './exit-class.ts';
import { handleGuestAbort } from './guest-abort.ts';
import { injectUndefined } from './inject.ts';
import { type ExitOutcome, exitToUser, RESUME } from './outcome.ts';
import { handleHypervisorCall } from './psci.ts';
import { passesCondition, skipInstruction } from './skip-instruction.ts';
import { handleCp14, handleCp14Pair, handleCp15, handleCp15Pair, handleSystemRegister } from './sys-regs/traps.ts';
import type { Vcpu } from './vcpu-state.ts';

type Handler = (vcpu: Vcpu) => ExitOutcome;

const handlers: ReadonlyMap<number, Handler> = new Map([
  [EXIT_CLASS.wfx, handleWaitFor],
  [EXIT_CLASS.cp15, resuming(handleCp15)],
  [EXIT_CLASS.cp15Pair, resuming(handleCp15Pair)],
  [EXIT_CLASS.cp14, resuming(handleCp14)],
  [EXIT_CLASS.cp14LoadStore, resuming(injectUndefined)],
  [EXIT_CLASS.cp14Pair, resuming(handleCp14Pair)],
  [EXIT_CLASS.hvc32, handleHypervisorCall],
  [EXIT_CLASS.hvc64, handleHypervisorCall],
  [EXIT_CLASS.smc32, resuming(injectUndefined)],
  [EXIT_CLASS.smc64, resuming(injectUndefined)],
  [EXIT_CLASS.systemRegister, resuming(handleSystemRegister)],
  [EXIT_CLASS.instructionAbort, handleGuestAbort],
  [EXIT_CLASS.dataAbort, handleGuestAbort],
  [EXIT_CLASS.breakpoint, handleGuestDebug],
  [EXIT_CLASS.softwareStep, handleGuestDebug],
  [EXIT_CLASS.watchpoint, handleGuestDebug],
  [EXIT_CLASS.bkpt32, handleGuestDebug],
  [EXIT_CLASS.brk64, handleGuestDebug],
]);

/**
 * Handles an exit for which __kvm_vcpu_run returned `code`. All of the vcpu's state is in its struct; changes are made there
 * and in its kvm_run.
 */
export function handleExit(vcpu: Vcpu, code: bigint): ExitOutcome {
  const { facts } = vcpu.host;
  // The interrupt is still pending, and the host has taken it by now.
  if (code === facts.constant('ARM_EXCEPTION_IRQ')) return RESUME;
  if (code !== facts.constant('ARM_EXCEPTION_TRAP')) return exitToUser(vcpu, 'KVM_EXIT_INTERNAL_ERROR');
  if (!passesCondition(vcpu)) {
    skipInstruction(vcpu);
    return RESUME;
  }
  return (handlers.get(exitClass(vcpu.esr)) ?? resuming(injectUndefined))(vcpu);
}

function resuming(handle: (vcpu: Vcpu) => void): Handler {
  return (vcpu) => {
    handle(vcpu);
    return RESUME;
  };
}

/** WFI would have the vcpu sleep until an interrupt comes, WFE let another one run; either way it goes on at some time. */
function handleWaitFor(vcpu: Vcpu): ExitOutcome {
  if (!isWaitForEvent(vcpu.esr)) vcpu.host.idle?.(vcpu);
  skipInstruction(vcpu);
  return RESUME;
}

/** A debug exception while user space debugs the guest (Linux: kvm_handle_guest_debug). Kernels without it: UNDEFINED. */
function handleGuestDebug(vcpu: Vcpu): ExitOutcome {
  if (!vcpu.has('arch.guest_debug_preserved.mdscr_el1')) {
    injectUndefined(vcpu);
    return RESUME;
  }
  vcpu.writeRun('debug.arch.hsr', BigInt(vcpu.esr));
  if (exitClass(vcpu.esr) === EXIT_CLASS.watchpoint) vcpu.writeRun('debug.arch.far', vcpu.far);
  return exitToUser(vcpu, 'KVM_EXIT_DEBUG');
}
