/**
 * Scenarios judged on several threads. A thread has kernel builds of its own and takes one job after the other, the longest
 * first; what comes back is put together in the order of the files, so that the output does not tell how many there were.
 */
import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { Judge, joinVerdicts, type Verdict } from '../check/verdict.ts';
import { type Share, workOf } from '../scenario/load.ts';
import { checkFor, type GoldenUse } from './golden-file.ts';
import type { ScenarioOptions } from './scenario-options.ts';
import { buildsOf } from './session.ts';

/** What all jobs have in common: plain data, since it goes to other threads. */
export interface Judging {
  readonly options: ScenarioOptions;
  readonly golden: GoldenUse;
}

interface Job {
  /** Number of the file. */
  readonly file: number;
  readonly path: string;
  readonly share: Share;
}

/** What a thread says of a job. */
interface Answer {
  readonly verdict: Verdict;
  /** The warnings that its builds have given so far, as text. */
  readonly warnings: readonly string[];
}

export interface Judged {
  /** One for each file, in their order. */
  readonly verdicts: readonly Verdict[];
  readonly warnings: readonly string[];
}

/** Fewer runs than this are over before another thread has started. */
const RUNS_FOR_THREADS = 16;
/** Most objects of a run are dropped with it: a young generation that holds all of them spares copying them. */
const YOUNG_GENERATION = 64;

/** Judges the scenarios at `paths`; `progress` is told how many jobs of how many are done. */
export async function judgeAll(
  paths: readonly string[],
  judging: Judging,
  progress: (done: number, of: number) => void,
): Promise<Judged> {
  const files = new NodeFiles();
  // So many files are enough for threads, which can begin to start while the files are looked at.
  const early = paths.length < RUNS_FOR_THREADS ? [] : startThreads(availableParallelism(), judging);
  const work = paths.map((path) => workOf(path, files));
  const runs = work.reduce((sum, { combinations }) => sum + combinations, 0);
  const threads = early.length > 0 || runs >= RUNS_FOR_THREADS ? availableParallelism() : 1;
  const jobs = paths.flatMap((path, file): Job[] => {
    const shares = work[file]!.combinations < RUNS_FOR_THREADS ? 1 : threads;
    return Array.from({ length: shares }, (_, part) => ({ file, path, share: { part, of: shares } }));
  });
  const weight = ({ file, share }: Job) => (work[file]!.combinations * work[file]!.entries) / share.of;
  const order = [...jobs.keys()].sort((a, b) => weight(jobs[b]!) - weight(jobs[a]!));
  const answers: Answer[] = [];
  let done = 0;
  const note = (job: number, answer: Answer) => {
    answers[job] = answer;
    progress(++done, jobs.length);
  };
  if (threads === 1) {
    const judgeOne = judgeHere(judging);
    for (const job of order) note(job, judgeOne(jobs[job]!));
  } else {
    const workers = [...early, ...startThreads(threads - early.length, judging)];
    await Promise.all(workers.map((worker) => onThread(worker, jobs, order, note)));
  }
  const verdicts = paths.map((_, file) => {
    const [first, ...others] = answers.filter((_, job) => jobs[job]!.file === file).map(({ verdict }) => verdict);
    return joinVerdicts([first!, ...others]);
  });
  return { verdicts, warnings: [...new Set(answers.flatMap(({ warnings }) => warnings))] };
}

function judgeHere({ options, golden }: Judging): (job: Job) => Answer {
  const files = new NodeFiles();
  const builds = buildsOf(options, files);
  const judge = new Judge(files, builds);
  return ({ path, share }) => {
    const check = checkFor(path, golden);
    const verdict = judge.judge(path, check, share);
    return { verdict, warnings: builds.warnings.map(formatDiagnostic) };
  };
}

function startThreads(count: number, judging: Judging): Worker[] {
  // The program itself, by what it was started with: the loader of the bundle, or the sources.
  const program = realpathSync(process.argv[1]!);
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_GENERATION };
  return Array.from({ length: count }, () => new Worker(program, { workerData: { judging }, resourceLimits }));
}

/** Has a thread do jobs of `order`, from which it takes them, until there are no more. */
function onThread(
  worker: Worker,
  jobs: readonly Job[],
  order: number[],
  note: (job: number, answer: Answer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let current: number | undefined;
    const next = () => {
      current = order.shift();
      if (current === undefined) worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(jobs[current]);
    };
    worker.on('message', (answer: Answer) => {
      note(current!, answer);
      next();
    });
    worker.on('error', reject);
    next();
  });
}

/** What a thread of `judgeAll` does. */
export function serveJudging(): void {
  const { judging } = workerData as { readonly judging: Judging };
  const judgeOne = judgeHere(judging);
  parentPort!.on('message', (job: Job) => parentPort!.postMessage(judgeOne(job)));
}
