/**
 * Runs dependency-cruiser over asm/ and sim/ with the rules of .dependency-cruiser.cjs and prints every violation.
 * It fails, too, when fewer modules were cruised than there are source files: a cruiser that cannot read TypeScript
 * sees none and would report no violation.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cruise, type ICruiseResult } from 'dependency-cruiser';

const rules = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');
const roots = ['asm', 'sim'];
const sources = roots.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')),
);

const { output } = await cruise(
  roots,
  { ...rules.options, ruleSet: { forbidden: rules.forbidden }, validate: true },
  undefined,
  {
    tsConfig: (await import('dependency-cruiser/config-utl/extract-ts-config')).default('tsconfig.json'),
  },
);
const result = output as ICruiseResult;
const cruised = result.modules.filter((module) => /^(asm|sim)\/.*\.ts$/.test(module.source)).length;

for (const violation of result.summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
}
console.log(
  `floors: ${cruised} of ${sources.length} source files cruised, ${result.summary.violations.length} violations`,
);
if (cruised === 0 || cruised < sources.length || result.summary.violations.length > 0) process.exitCode = 1;
