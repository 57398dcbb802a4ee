/**
 * System dynamics: reads XMILE models, checks and compiles them to one typed program, runs it by an interpreter, by
 * JavaScript or by WebAssembly with SIMD, alone or in ensembles, and asks it questions. Pure: no files, no clock, no
 * chance but a seeded one. Works in Node and in browsers; `./node` starts worker threads, `browserThread` web workers.
 */
export { type EigenvaluesAlong, eigenvaluesAlong } from './audit/eigenvalues-along.ts';
export { auditStep, type OutputAudit, type StepAudit, type StepAuditOptions } from './audit/step-audit.ts';
export { createEvaluator, type Evaluator, interpreterKernel } from './backend/interpreter.ts';
export { javascriptKernel } from './backend/javascript.ts';
export { type Backend, type Kernel, type KernelFactory, savedPoints } from './backend/kernel.ts';
export { wasmKernel } from './backend/wasm/index.ts';
export { builtinReference } from './builtins/reference.ts';
export { checkModel, compileModel } from './compile/compile.ts';
export { describeModel, type VariableDescription } from './compile/describe.ts';
export type { Selection } from './compile/selection.ts';
export {
  type Details,
  type Diagnostic,
  type DiagnosticCode,
  DynamicsError,
  describe,
  expectValue,
  type Outcome,
  type Place,
  sentenceOf,
} from './diagnostic.ts';
export { browserThread } from './ensemble/browser-thread.ts';
export {
  createEnsemble,
  type Ensemble,
  type EnsembleOptions,
  type EnsembleResult,
  evaluateWith,
  type RunOptions,
} from './ensemble/ensemble.ts';
export { faultWarning, type RunFault } from './ensemble/faults.ts';
export type { Column, ResultColumn } from './ensemble/plan.ts';
export { type ColumnQuantiles, quantilesOver } from './ensemble/quantiles.ts';
export { type Reducer, savedTimes } from './ensemble/reducer.ts';
export type { WorkerLike } from './ensemble/worker-messages.ts';
export {
  type Bifurcation,
  type Branch,
  type EquilibriaOptions,
  type EquilibriaReport,
  type Equilibrium,
  followEquilibria,
} from './equilibria/equilibria.ts';
export type { VectorField } from './equilibria/field.ts';
export { fieldOf, settledStates } from './equilibria/model-field.ts';
export type { Evaluate, Range, Watch } from './experiment/evaluate.ts';
export { quoteName } from './expression/name.ts';
export { type CalibrationOptions, type CalibrationReport, calibrateSampling } from './fit/calibration.ts';
export { type CmaOptions, type CmaReport, minimise } from './fit/cma-es.ts';
export { type Convergence, convergenceOf, meanErrorOf } from './fit/convergence.ts';
export { type Identifiability, identifiabilityOf } from './fit/identifiability.ts';
export {
  fitLeastSquares,
  type LeastSquaresOptions,
  type LeastSquaresReport,
  type Observations,
} from './fit/least-squares.ts';
export type { Noise, Series } from './fit/likelihood.ts';
export type { FitParameter } from './fit/parameters.ts';
export { type Evidence, type Posterior, type PosteriorOptions, samplePosterior } from './fit/posterior.ts';
export type { PosteriorParameter, PosteriorReport } from './fit/posterior-report.ts';
export { type PredictiveOptions, type PredictiveReport, predictPosterior } from './fit/predictive.ts';
export { type Prior, priorValue } from './fit/prior.ts';
export { priorScore } from './fit/prior-scores.ts';
export { cholesky, lowerTimes, solveLower, solveLowerTransposed } from './linear/cholesky.ts';
export { type Complex, eigenvalues } from './linear/eigenvalues.ts';
export { type SymmetricEigen, symmetricEigen } from './linear/symmetric.ts';
export { type Loop, type LoopOptions, type LoopReport, scoreLoops } from './loops/loops.ts';
export { draw } from './numerics/random.ts';
export { type OptimiseEnd, type OptimiseOptions, optimise } from './optimise/optimise.ts';
export type { Aggregate, Constraint, Goal, Lever, OptimisationProblem, Scenarios } from './optimise/problem.ts';
export type { OptimisationReport } from './optimise/report.ts';
export { operandsOf } from './program/operands.ts';
export type { Method, NamedValue, Program, TimeGrid } from './program/program.ts';
export { type ModelRun, type RunModelOptions, runModel } from './run.ts';
export { type HypercubeSettings, latinHypercube } from './sampling/latin-hypercube.ts';
export { morrisTrajectories, type Trajectories, type TrajectorySettings } from './sampling/morris.ts';
export { type Distributed, type Factor, scalePoints } from './sampling/scale.ts';
export { type SobolSettings, sobolPoints } from './sampling/sobol.ts';
export { uniformPoints } from './sampling/uniform.ts';
export { followSchedules, type Schedule, type Scheduled } from './schedule/schedule.ts';
export { type MorrisOptions, type MorrisReport, morrisSensitivity } from './sensitivity/morris.ts';
export { type SobolOptions, type SobolReport, sobolSensitivity } from './sensitivity/sobol.ts';
export { type TornadoOptions, type TornadoReport, tornado } from './sensitivity/tornado.ts';
export { propagateUncertainty, type UncertaintyOptions, type UncertaintyReport } from './sensitivity/uncertainty.ts';
export { checkUnits } from './units/check.ts';
export { readXmile } from './xmile/reader.ts';
export type { SourceFile } from './xmile/source.ts';
export { writeXmile } from './xmile/writer.ts';
