/**
 * `npm run bench`: speeds, each beside a peer or a second way measured in the same run, since absolute times mean little on
 * a shared machine. One file for each subject. `--short` takes fewer rounds; `--kernel TREE` (or HYPSTEP_KERNEL_TREES)
 * measures the assembler on the files of a configured Linux tree, instead of on the fixtures.
 */
import { benchAssembling } from './assembling.ts';
import { benchCatalogue } from './catalogue.ts';
import { benchStartUp } from './start-up.ts';
import { benchStepping, benchWorldSwitch } from './stepping.ts';

benchStartUp();
benchCatalogue();
benchAssembling();
benchStepping();
benchWorldSwitch();
