/** Loads and stores of allocation tags (Arm ARM C4.1.88, "Load/store memory tags"; C6.2; FEAT_MTE). */
import type { Row } from './row.ts';

/** Stores of allocation tags: post-index, signed offset, pre-index. */
function tagStoreRows(mnemonic: string, opc: string): Row[] {
  const row = (variant: string, op2: string, address: string): Row => ({
    name: mnemonic,
    variant,
    bits: `11011001 opc=${opc} 1 imm9:9 op2=${op2} Xn:5 Xt:5`,
    syntax: `${mnemonic} <Xt|SP>, ${address}`,
    writes: '',
    feature: 'memtag',
    timing: 'store-tag',
  });
  return [
    row('Post-index', '01', '[<Xn|SP>], #<simm> tagged'),
    row('Signed offset', '10', '[<Xn|SP>{, #<simm> tagged}]'),
    row('Pre-index', '11', '[<Xn|SP>, #<simm> tagged]!'),
  ];
}

function tagPairRows(): Row[] {
  const row = (variant: string, mode: string, address: string): Row => ({
    name: 'STGP',
    variant,
    bits: `0 1 101 V=0 ${mode} L=0 simm7:7 Xt2:5 Xn:5 Xt:5`,
    syntax: `STGP <Xt>, <Xt2>, ${address}`,
    writes: '',
    feature: 'memtag',
    timing: 'store-tag',
  });
  return [
    row('Post-index', '001', '[<Xn|SP>], #<imm> tagged'),
    row('Signed offset', '010', '[<Xn|SP>{, #<imm> tagged}]'),
    row('Pre-index', '011', '[<Xn|SP>, #<imm> tagged]!'),
  ];
}

function tagMultipleRow(name: string, opc: string): Row {
  return {
    name,
    bits: `11011001 opc=${opc} 1 000000000 00 Xn:5 Xt:5`,
    syntax: `${name} <Xt>, [<Xn|SP>]`,
    writes: name === 'LDGM' ? 'Xt' : '',
    feature: 'memtag',
    timing: name === 'LDGM' ? 'load-tag' : 'store-tag',
  };
}

export const memoryTags: readonly Row[] = [
  ...tagPairRows(),
  ...tagStoreRows('STG', '00'),
  ...tagStoreRows('STZG', '01'),
  ...tagStoreRows('ST2G', '10'),
  ...tagStoreRows('STZ2G', '11'),
  {
    name: 'LDG',
    bits: '11011001 opc=01 1 imm9:9 00 Xn:5 Xt:5',
    syntax: 'LDG <Xt>, [<Xn|SP>{, #<simm> tagged}]',
    writes: 'Xt',
    reads: 'Xn Xt',
    feature: 'memtag',
    timing: 'load-tag',
  },
  tagMultipleRow('STZGM', '00'),
  tagMultipleRow('STGM', '10'),
  tagMultipleRow('LDGM', '11'),
];
