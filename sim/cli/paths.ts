/** Where hypstep's own files are: beside the sources when run from them, above dist/ when built. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('hypstep is not installed whole: package.json is missing');
    folder = parent;
  }
  return folder;
}

/** The path of one of hypstep's own files, relative to the working directory where that is shorter. */
export function ownPath(...parts: string[]): string {
  const absolute = join(packageFolder(), ...parts);
  const near = relative(process.cwd(), absolute);
  return near.length < absolute.length ? near : absolute;
}

/** The scenario that commands take when none is named. */
export function defaultScenario(): string {
  return ownPath('fixtures', 'scenarios', 'round-trip.yaml');
}

/** The folder of the fixtures: hyp/, include/, guests/, scenarios/, golden/. */
export function fixturesFolder(): string {
  return ownPath('fixtures');
}

/** What is at `path`; undefined where nothing is that could be looked at. */
export function kindAt(path: string): 'folder' | 'other' | undefined {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'other';
  } catch {
    return undefined;
  }
}
