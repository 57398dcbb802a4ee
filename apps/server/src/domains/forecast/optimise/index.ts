export { type OptimiseSettings, optimiseModel } from './optimise.ts';
export {
  type PlanTarget,
  type TargetTerm,
  type TemplatePlan,
  type TemplatePlanTask,
  templatePlan,
} from './template-plan.ts';
