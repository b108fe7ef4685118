/**
 * A scenario made into a machine that is ready to run: sources built, images and structs in memory, the processor in the
 * host's code.
 */
import type { Image } from '../../asm/link/image.ts';
import type { LinkOptions } from '../../asm/link/link.ts';
import { type Diagnostic, SourceError } from '../../asm/source/diagnostics.ts';
import { besideFile, type FileReader } from '../../asm/source/files.ts';
import type { Machine } from '../exec/machine.ts';
import { HostMemory, NoRoomError, pageOffset, TEXT_OFFSET } from '../kvm/host-memory.ts';
import { enterHost } from '../kvm/host-state.ts';
import type { KernelFacts } from '../kvm/kernel-facts.ts';
import { type VirtualGic, VirtualMachine } from '../kvm/vcpu.ts';
import { chooseVgic, gicFeatures } from '../kvm/vgic-choice.ts';
import { PAGE_SIZE } from '../memory/physical.ts';
import { TypedMemory } from '../memory/typed.ts';
import { Aarch32Guest } from './aarch32-guest.ts';
import { CodeMap } from './code-map.ts';
import { checkGuestMemory } from './guest-memory.ts';
import { type BuildOptions, type KernelBuild, KernelBuilds } from './kernel-builds.ts';
import type { KernelSources } from './kernel-sources.ts';
import type { LoadedScenario } from './load.ts';
import { LIST_REGISTERS, type MachineFor, newMachine } from './machines.ts';
import { GICC, GICH, GICV, RAM_BASE } from './memory-map.ts';
import { requireNeeds } from './needs.ts';
import { type NamedMachine, type Recorded, type Runnable, recorded } from './runnable.ts';
import type { Scenario } from './schema.ts';
import { type Evaluate, placedAt, scenarioValues } from './values.ts';

/** What a scenario makes. */
export interface ScenarioMachine extends NamedMachine {
  readonly scenario: Scenario;
  readonly loaded: LoadedScenario;
  readonly facts: KernelFacts;
  readonly memory: HostMemory;
  readonly vm: VirtualMachine;
  /** The host kernel and the hyp code, at kernel virtual addresses. */
  readonly kernel: Image;
  /** The guest at its own addresses; undefined where it has no code. */
  readonly guest: Image | undefined;
  /** Where the world switch and its headers came from. */
  readonly sources: KernelSources;
  /** These are the sources that the scenario names, not others named by an option. */
  readonly isOnOwnSources: boolean;
  /** What the user should know of the sources before the run. */
  readonly warnings: readonly Diagnostic[];
  /** The value of a scenario's integer or expression over kernel constants. */
  readonly evaluate: Evaluate;
}

export type ReadyMachine = ScenarioMachine & Runnable;
export type RecordedMachine = ScenarioMachine & Recorded;

/** Where the guest finds its CPU interface: where the board has one. */
const GUEST_GICC = GICC;
const STACK_SIZE = 4 * PAGE_SIZE;
/** RAM behind the guest's code and data, at least. */
const GUEST_RAM = 64 * 1024;

/**
 * Builds and loads everything that `loaded` names, ready to be run with its steps kept; what KernelBuilds has built already
 * is used again. Throws SourceError or SourceErrors on any fault of its inputs, DoesNotApply where the kernel lacks what
 * the scenario needs.
 */
export function prepareScenario(loaded: LoadedScenario, from: KernelBuilds | BuildOptions): RecordedMachine {
  return recorded(scenarioMachine(loaded, from));
}

/** The same, for `recorded` or `unrecorded` to make it ready, on the machine that `machineFor` gives. */
export function scenarioMachine(
  loaded: LoadedScenario,
  from: KernelBuilds | BuildOptions,
  machineFor: MachineFor = newMachine,
): ScenarioMachine {
  const { scenario } = loaded;
  const builds = from instanceof KernelBuilds ? from : new KernelBuilds(from);
  const build = builds.of(loaded);
  requireNeeds(loaded, build.offsets.facts, build.hypObjects);
  const evaluate = scenarioValues(loaded, build.offsets.facts);
  const kernel = build.kernelImage(codeFile(loaded, 'host', builds.files)!, linkOptions(loaded, build.offsets.facts));
  const guestCode = codeFile(loaded, 'guest', builds.files);
  const guest = guestCode === undefined ? undefined : build.guestImage(guestCode, scenario.guest.address);

  const machine = machineFor(scenario.machine);
  try {
    return load(loaded, builds, machine, build, evaluate, kernel, guest);
  } catch (error) {
    if (error instanceof NoRoomError) throw new SourceError(error.message, loaded.placeOf('machine', 'ram'));
    throw error;
  }
}

function load(
  loaded: LoadedScenario,
  builds: KernelBuilds,
  machine: Machine,
  { sources, offsets }: KernelBuild,
  evaluate: Evaluate,
  kernel: Image,
  guest: Image | undefined,
): ScenarioMachine {
  const { scenario } = loaded;
  const { facts } = offsets;
  const memory = new HostMemory(machine.physical, facts, imageSize(kernel), scenario.machine.mmu);
  const typed = new TypedMemory(machine.memory, (address) => memory.resolve(address));
  const code = new CodeMap(typed, (address) => memory.resolve(address));
  place(kernel, memory.physicalAddress(kernel.base)!, machine, code);
  mapHypCode(kernel, memory);
  chooseVgic(scenario.machine.gic, kernel, memory, typed, facts);

  const guestSize = pagesFor(Math.max(guest === undefined ? 0 : imageSize(guest), GUEST_RAM));
  checkGuestMemory(loaded, guestSize);
  const guestPa = memory.allocate(guestSize);
  if (guest !== undefined) place(guest, guestPa, machine, code);
  const entry = guest === undefined ? scenario.guest.address : address(guest, 'guest_start', loaded, 'guest');

  const vm = new VirtualMachine(machine, memory, typed, facts, {
    guest: { address: scenario.guest.address, pa: guestPa, size: guestSize, entry },
    gic: virtualGic(scenario, memory),
    vcpus: scenario.vcpus,
    slots: scenario.memory.map((slot) => ({ ...slot, size: Number(slot.size) })),
    aarch32: scenario.guest.aarch32,
    registers: scenario.reset === 'registers' ? 'reset' : 'patterns',
  });
  applyFields(loaded, typed, evaluate);
  checkPaths(loaded, typed);

  const stack = memory.kernelAddress(memory.allocate(STACK_SIZE)) + BigInt(STACK_SIZE);
  const hypStackPa = memory.allocate(STACK_SIZE);
  memory.mapForHyp(hypStackPa, STACK_SIZE, { execute: false });
  enterHost(machine, memory, facts, {
    start: address(kernel, 'host_start', loaded, 'host'),
    vectors: address(kernel, 'host_vectors', loaded, 'host'),
    hypVectors: address(kernel, '__kvm_hyp_vector', loaded, 'sources'),
    stack,
    hypStack: memory.kernelAddress(hypStackPa) + BigInt(STACK_SIZE),
    argument: vm.vcpu,
  });

  if (scenario.guest.aarch32) machine.aarch32 = new Aarch32Guest(machine, loaded, evaluate);
  return {
    scenario,
    loaded,
    machine,
    code,
    typed,
    facts,
    memory,
    vm,
    kernel,
    guest,
    sources,
    isOnOwnSources: builds.areOfScenario,
    warnings: offsets.warnings,
    files: builds.files,
    evaluate,
  };
}

/** Path of the code of host or guest, if it has any. Throws SourceError at the scenario's key where there is no such file. */
function codeFile(loaded: LoadedScenario, key: 'host' | 'guest', files: FileReader): string | undefined {
  const { code } = loaded.scenario[key];
  if (code === undefined) return undefined;
  const path = besideFile(loaded.path, code);
  if (files.read(path) === undefined) throw new SourceError(`${path}: no such file`, loaded.placeOf(key, 'code'));
  return path;
}

/** How host and hyp code are linked: at kernel virtual addresses, alternatives applied. */
function linkOptions(loaded: LoadedScenario, facts: KernelFacts): LinkOptions {
  const { gic, features, mmu } = loaded.scenario.machine;
  const base = (mmu ? pageOffset(facts) : RAM_BASE) + TEXT_OFFSET;
  const numbers = [
    ...gicFeatures(gic, facts).map((name) => facts.constant(name)),
    ...features.map((name, n) =>
      placedAt(
        () => facts.constant(name),
        () => loaded.placeOf('machine', 'features', n),
      ),
    ),
  ];
  // EL2 maps whole pages, and only those of hyp code.
  const placement = [
    { section: '.text' },
    { section: '.hyp.*', alignment: PAGE_SIZE },
    { section: '*', alignment: PAGE_SIZE },
  ];
  return { base, placement, alternatives: new Set(numbers.map(Number)) };
}

/** Puts an image into RAM at physical address `pa` and into the code map. */
function place(image: Image, pa: bigint, machine: Machine, code: CodeMap): void {
  for (const { address: at, bytes } of image.segments) machine.physical.writeBytes(pa + (at - image.base), bytes);
  code.add(image, pa - image.base);
}

/** Lets EL2 execute the hyp sections (Linux: __hyp_text_start to __hyp_text_end), and nothing else of the kernel. */
function mapHypCode(kernel: Image, memory: HostMemory): void {
  for (const { address: at, bytes, section } of kernel.segments) {
    if (section.startsWith('.hyp')) memory.mapForHyp(memory.physicalAddress(at)!, bytes.length);
  }
}

function virtualGic(scenario: Scenario, memory: HostMemory): VirtualGic {
  if (scenario.machine.gic === 'v3') return { listRegisters: LIST_REGISTERS };
  return {
    listRegisters: LIST_REGISTERS,
    control: memory.mapDevice(GICH, PAGE_SIZE),
    cpuInterface: { pa: GICV, address: GUEST_GICC },
  };
}

/** Throws SourceError for a path that is looked at only later in the run and names no field. */
function checkPaths(loaded: LoadedScenario, typed: TypedMemory): void {
  const { expect, before_entry } = loaded.scenario;
  const check = (record: object, ...keys: PropertyKey[]) => {
    for (const path of Object.keys(record)) {
      placedAt(
        () => typed.check(path),
        () => loaded.placeOf(...keys, path),
      );
    }
  };
  check(expect.fields, 'expect', 'fields');
  for (const [n, action] of before_entry.entries()) {
    check(action.fields, 'before_entry', n, 'fields');
    check(action.expect, 'before_entry', n, 'expect');
  }
}

/** Writes the scenario's own fields over those that KVM's set-up left. */
function applyFields(loaded: LoadedScenario, typed: TypedMemory, evaluate: Evaluate): void {
  const vcpus = [...Array(loaded.scenario.vcpus).keys()].map((n) => (n === 0 ? 'vcpu' : `vcpu${n}`));
  for (const root of ['vcpu', 'kvm'] as const) {
    for (const [path, value] of Object.entries(loaded.scenario[root])) {
      const bits = evaluate(value);
      for (const name of root === 'vcpu' ? vcpus : ['kvm']) {
        placedAt(
          () => typed.write(`${name}.${path}`, bits),
          () => loaded.placeOf(root, path),
        );
      }
    }
  }
}

/** Where `symbol` is; throws SourceError at the scenario's key where the code that it names does not define it. */
function address(image: Image, symbol: string, loaded: LoadedScenario, key: 'host' | 'guest' | 'sources'): bigint {
  const found = image.symbol(symbol);
  if (found !== undefined) return found.address;
  const file = key === 'sources' ? 'hyp.S' : loaded.scenario[key].code!;
  throw new SourceError(`${file} defines no symbol '${symbol}', which the machine needs`, loaded.placeOf(key, 'code'));
}

function pagesFor(bytes: number): number {
  return Math.ceil(bytes / PAGE_SIZE) * PAGE_SIZE;
}

function imageSize(image: Image): number {
  return Number(image.end - image.base);
}
