/** What a scenario needs of the kernel: with one that lacks it the scenario does not apply, which is no failure. */
import type { ObjectFile } from '../../asm/elf/object-file.ts';
import { SourceError } from '../../asm/source/diagnostics.ts';
import type { Place } from '../../asm/source/source-file.ts';
import type { KernelFacts } from '../kvm/kernel-facts.ts';
import type { LoadedScenario } from './load.ts';

/** The struct whose fields a need names when it begins so. */
const STRUCTS: Readonly<Record<string, string>> = { vcpu: 'struct kvm_vcpu', kvm: 'struct kvm' };

/** The kernel lacks what the scenario needs. */
export class DoesNotApply extends SourceError {
  /** What is missing, for a table: `struct kvm_vcpu has no arch.debug_ptr`. */
  readonly reason: string;

  constructor(reason: string, place: Place) {
    super(`the scenario does not apply: ${reason}`, place);
    this.reason = reason;
  }
}

/** Throws DoesNotApply at the first need that neither the headers nor the world switch, assembled by `objects`, meet. */
export function requireNeeds(loaded: LoadedScenario, facts: KernelFacts, objects: () => readonly ObjectFile[]): void {
  loaded.scenario.needs.forEach((need, n) => {
    const missing = missingText(need, facts, objects);
    if (missing !== undefined) throw new DoesNotApply(missing, loaded.placeOf('needs', n));
  });
}

/** What is missing; undefined where the need is met. */
function missingText(need: string, facts: KernelFacts, objects: () => readonly ObjectFile[]): string | undefined {
  const [, root, path] = /^(\w+)\.(.*)$/.exec(need) ?? [];
  if (root !== undefined && path !== undefined) {
    const struct = STRUCTS[root]!;
    return facts.hasField(struct, path) ? undefined : `${struct} has no ${path}`;
  }
  if (facts.hasConstant(need)) return undefined;
  const isDefined = objects().some(({ symbols }) =>
    symbols.some(({ name, section }) => name === need && section !== 'undefined'),
  );
  return isDefined ? undefined : `neither a constant of the headers nor a symbol of the world switch is called ${need}`;
}
