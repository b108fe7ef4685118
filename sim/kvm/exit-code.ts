/** What __kvm_vcpu_run returned, for a reader (Linux: arch/arm64/include/asm/kvm_asm.h, ARM_EXCEPTION_*). */
import type { KernelFacts } from './kernel-facts.ts';

const constants = ['ARM_EXCEPTION_IRQ', 'ARM_EXCEPTION_TRAP', 'ARM_EXCEPTION_EL1_SERROR'];

/** `1 (ARM_EXCEPTION_TRAP), 3 times 0 (ARM_EXCEPTION_IRQ)`: equal ones that follow each other are told once; `nothing` for none. */
export function exitCodesText(codes: readonly bigint[], facts: KernelFacts): string {
  const runs: { code: bigint; times: number }[] = [];
  for (const code of codes) {
    const last = runs.at(-1);
    if (last?.code === code) last.times++;
    else runs.push({ code, times: 1 });
  }
  const texts = runs.map(({ code, times }) => `${times === 1 ? '' : `${times} times `}${codeText(code, facts)}`);
  return texts.length === 0 ? 'nothing' : texts.join(', ');
}

/** An exit code with the name that the kernel's headers have for it. */
function codeText(code: bigint, facts: KernelFacts): string {
  const name = constants.find((one) => facts.hasConstant(one) && facts.constant(one) === code);
  return name === undefined ? String(code) : `${code} (${name})`;
}
