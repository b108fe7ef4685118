/** System registers and operations by name and encoding. Encodings are the Arm ARM's (DDI 0487, D19.2, C5). */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { featuresOfArchitecture, featuresOfExtension } from '../../asm/a64/features.ts';
import {
  dcOperations,
  genericRegisterCode,
  genericRegisterName,
  pstateFields,
  systemRegisterByEncoding,
  systemRegisterByName,
  systemRegisterCode,
  tlbiOperations,
} from '../../asm/a64/sysregs.ts';
import { systemRegisterRows } from '../../asm/a64/system-register-table.ts';

const test = suite('a64 system registers');

test('a register is found by name in any case', () => {
  const { op0, op1, crn, crm, op2, access } = systemRegisterByName('HCR_EL2')!;
  assert.equal([op0, op1, crn, crm, op2, access], [3, 4, 1, 1, 0, 'rw']);
  assert.is(systemRegisterByName('vttbr_el2')?.crn, 2);
  assert.is(systemRegisterByName('no_such_register'), undefined);
});

test('every register is found by its encoding under a name with that encoding', () => {
  for (const [name, op0, op1, crn, crm, op2, access] of systemRegisterRows) {
    const code = systemRegisterCode({ op0, op1, crn, crm, op2 });
    const found = systemRegisterByEncoding(code, access === 'wo')!;
    assert.is(systemRegisterCode(found), code, name);
    assert.is(systemRegisterByName(name)!.name, name);
  }
});

test('one encoding may have a name for reading and one for writing', () => {
  const code = systemRegisterCode(systemRegisterByName('dbgdtrrx_el0')!);
  assert.is(systemRegisterByEncoding(code)!.name, 'dbgdtrrx_el0');
  assert.is(systemRegisterByEncoding(code, true)!.name, 'dbgdtrtx_el0');
});

test('of several names for one encoding the current one is printed', () => {
  assert.is(systemRegisterByEncoding(systemRegisterCode(systemRegisterByName('spsr_svc')!))!.name, 'spsr_el1');
  assert.is(systemRegisterByEncoding(systemRegisterCode(systemRegisterByName('trcextinselr')!))!.name, 'trcextinselr0');
});

test('read-only and write-only registers are known as such', () => {
  assert.is(systemRegisterByName('midr_el1')!.access, 'ro');
  assert.is(systemRegisterByName('id_aa64dfr0_el1')!.access, 'ro');
  assert.is(systemRegisterByName('ich_elrsr_el2')!.access, 'ro');
  assert.is(systemRegisterByName('oslar_el1')!.access, 'wo');
  assert.is(systemRegisterByName('icc_sgi1r_el1')!.access, 'wo');
});

test('a generic name and its code are each other’s inverse', () => {
  assert.is(genericRegisterCode('S3_0_C1_C0_0'), systemRegisterCode(systemRegisterByName('sctlr_el1')!));
  assert.is(genericRegisterName(genericRegisterCode('s2_7_c15_c10_3')!), 's2_7_c15_c10_3');
  for (const name of ['s4_0_c1_c0_0', 's3_8_c1_c0_0', 's3_0_c16_c0_0', 's3_0_c1_c0', 'sctlr_el1']) {
    assert.is(genericRegisterCode(name), undefined, name);
  }
});

test('operations of SYS and fields of MSR (immediate) have the manual’s encodings', () => {
  const civac = dcOperations.find(({ name }) => name === 'civac')!;
  assert.equal([civac.op1, civac.crn, civac.crm, civac.op2, civac.register], [3, 7, 14, 1, true]);
  const vmalls12e1is = tlbiOperations.find(({ name }) => name === 'vmalls12e1is')!;
  assert.equal([vmalls12e1is.op1, vmalls12e1is.crn, vmalls12e1is.crm, vmalls12e1is.op2], [4, 8, 3, 6]);
  assert.is(vmalls12e1is.register, false);
  assert.equal(
    pstateFields.find(({ name }) => name === 'daifset'),
    { name: 'daifset', op1: 3, op2: 6, high: 15 },
  );
});

test('architectures build on one another', () => {
  assert.ok(featuresOfArchitecture('armv8.4-a')!.includes('lse'));
  assert.not(featuresOfArchitecture('armv8-a')!.includes('lse'));
  assert.ok(featuresOfArchitecture('ARMv9-A')!.includes('sve'));
  assert.is(featuresOfArchitecture('armv7-a'), undefined);
  assert.equal(featuresOfExtension('crc'), ['crc']);
  assert.is(featuresOfExtension('nonsense'), undefined);
});

test.run();
