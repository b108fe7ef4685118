/**
 * Scenarios judged on several threads, of which this is one; the only one where the program runs from its sources. A thread
 * has kernel builds and machines of its own and takes one job after the other, the longest first; what comes of them is
 * put together in the order of the files, so that the output does not tell how many threads there were.
 */
import { setImmediate } from 'node:timers/promises';
import { parentPort, type Worker } from 'node:worker_threads';
import { formatDiagnostic } from '../../asm/source/diagnostics.ts';
import { NodeFiles } from '../../asm/source/node-files.ts';
import { Judge, joinVerdicts, type Verdict } from '../check/verdict.ts';
import { type Share, type Work, workOf } from '../scenario/load.ts';
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

/** What the loader of the bundle starts threads with: it may have done so already. Run from its sources, the program has none. */
declare const startThreads: (() => readonly Worker[]) | undefined;

/** Fewer runs than this are over before another thread has started. */
const RUNS_FOR_THREADS = 16;
/** The most combinations of a job. */
const JOB_SIZE = 64;

/** The jobs that threads share. */
interface Queue {
  readonly jobs: readonly Job[];
  /** Numbers of jobs, the longest first. */
  readonly order: readonly number[];
  /** One word: how many of `order` are taken. */
  readonly taken: Int32Array;
}

/** Judges the scenarios at `paths`; `progress` is told how many jobs of how many are done. */
export async function judgeAll(
  paths: readonly string[],
  judging: Judging,
  progress: (done: number, of: number) => void,
): Promise<Judged> {
  const files = new NodeFiles();
  const work = paths.map((path) => workOf(path, files));
  const queue = queueOf(paths, work);
  const runs = work.reduce((sum, { combinations }) => sum + combinations, 0);
  const workers = runs < RUNS_FOR_THREADS || typeof startThreads === 'undefined' ? [] : startThreads();

  const answers: Answer[] = [];
  let done = 0;
  const note = (job: number, answer: Answer) => {
    answers[job] = answer;
    progress(++done, queue.jobs.length);
  };
  await Promise.all([
    ...workers.map((worker) => judgeThere(worker, { judging, queue }, note)),
    judgeHere(judging, queue, note),
  ]);
  const verdicts = paths.map((_, file) => {
    const [first, ...rest] = answers.filter((_, job) => queue.jobs[job]!.file === file).map(({ verdict }) => verdict);
    return joinVerdicts([first!, ...rest]);
  });
  return { verdicts, warnings: [...new Set(answers.flatMap(({ warnings }) => warnings))] };
}

function queueOf(paths: readonly string[], work: readonly Work[]): Queue {
  const jobs = paths.flatMap((path, file): Job[] => {
    const of = Math.max(1, Math.ceil(work[file]!.combinations / JOB_SIZE));
    return Array.from({ length: of }, (_, part) => ({ file, path, share: { part, of } }));
  });
  const weight = ({ file, share }: Job) => (work[file]!.combinations * work[file]!.entries) / share.of;
  const order = [...jobs.keys()].sort((a, b) => weight(jobs[b]!) - weight(jobs[a]!));
  return { jobs, order, taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
}

/** The numbers of the jobs that whoever asks is to do, one after the other; what one takes no other gets. */
function* jobsOf({ order, taken }: Queue): Generator<number> {
  for (let n = Atomics.add(taken, 0, 1); n < order.length; n = Atomics.add(taken, 0, 1)) yield order[n]!;
}

function judgeJob({ options, golden }: Judging): (job: Job) => Answer {
  const files = new NodeFiles();
  const builds = buildsOf(options, files);
  const judge = new Judge(files, builds);
  return ({ path, share }) => {
    const check = checkFor(path, golden);
    const verdict = judge.judge(path, check, { with: options.with, share });
    return { verdict, warnings: builds.warnings.map(formatDiagnostic) };
  };
}

/** Has this thread do jobs until there are no more; between two it hears of the others'. */
async function judgeHere(judging: Judging, queue: Queue, note: (job: number, answer: Answer) => void): Promise<void> {
  const judgeOne = judgeJob(judging);
  for (const job of jobsOf(queue)) {
    note(job, judgeOne(queue.jobs[job]!));
    await setImmediate();
  }
}

/** What a thread is told to do. */
interface Task {
  readonly judging: Judging;
  readonly queue: Queue;
}

/** What a thread tells: the number of a job and what came of it, or that there are no more. */
type Told = { readonly job: number; readonly answer: Answer } | 'done';

/** Has another thread do jobs until there are no more. */
function judgeThere(worker: Worker, task: Task, note: (job: number, answer: Answer) => void): Promise<void> {
  worker.ref();
  return new Promise((resolve, reject) => {
    worker.on('message', (told: Told) => {
      if (told === 'done') worker.terminate().then(() => resolve(), reject);
      else note(told.job, told.answer);
    });
    worker.on('error', reject);
    worker.postMessage(task);
  });
}

/** What such a thread does. */
export function serveJudging(): void {
  const tell = (told: Told) => parentPort!.postMessage(told);
  parentPort!.once('message', ({ judging, queue }: Task) => {
    const judgeOne = judgeJob(judging);
    for (const job of jobsOf(queue)) tell({ job, answer: judgeOne(queue.jobs[job]!) });
    tell('done');
  });
}
