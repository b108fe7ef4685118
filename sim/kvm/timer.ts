/**
 * The guest's virtual timer around a run (Linux: virt/kvm/arm/arch_timer.c). While the guest runs the timer is the
 * hardware's and its interrupt a physical one, which ends the run; afterwards it becomes a virtual interrupt.
 */
import type { Vcpu } from './vcpu-state.ts';
import { injectVirtualInterrupt } from './vgic.ts';

const ENABLE = 1n << 0n;
const IMASK = 1n << 1n;
/** The virtual timer's private interrupt (Linux: kvm_reset_vcpu, A53_VTIMER_IRQ; SBSA, "PPI assignments"). */
export const VIRTUAL_TIMER_INTERRUPT = 27;

/** Before an entry, and after an exit: a timer whose time has come pends its interrupt. */
export function syncTimer(vcpu: Vcpu): void {
  if (!shouldFire(vcpu)) return;
  // The condition still holds while the guest handles it, and would end each run at once: the interrupt is masked at the
  // timer until the guest programs it anew. Kernels from 4.4 on have the physical GIC hold it back instead.
  vcpu.change('arch.timer_cpu.cntv_ctl', IMASK);
  injectVirtualInterrupt(vcpu, VIRTUAL_TIMER_INTERRUPT);
}

function shouldFire(vcpu: Vcpu): boolean {
  const { machine, typed } = vcpu.host;
  if ((vcpu.read('arch.timer_cpu.cntv_ctl') & (ENABLE | IMASK)) !== ENABLE) return false;
  const now = BigInt.asUintN(64, machine.timer.physicalCount - typed.read('kvm.arch.timer.cntvoff'));
  return vcpu.read('arch.timer_cpu.cntv_cval') <= now;
}
