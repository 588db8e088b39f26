/**
 * Content arrives → tasks → workers → features; leases, retries, progress.
 *
 * @module
 */
export { addPath } from './add-path.ts';
export type { AddDependencies } from './add-path.ts';
export { addUrl } from './add-url.ts';
export { Coordinator } from './coordinator.ts';
export type { CoordinatorOptions } from './coordinator.ts';
export { DATASET_URI, loadDataset } from './dataset/load.ts';
export type { LoadDependencies } from './dataset/load.ts';
export { planDataset } from './dataset/plan.ts';
export type { DatasetPlan } from './dataset/plan.ts';
export { putFeatures } from './given-features.ts';
export type { GivenRequest, PolicyPlace } from './given-features.ts';
export { createPolicyCache } from './policy-cache.ts';
export { createRateMeter } from './progress.ts';
export type { RateMeter } from './progress.ts';
export { createThumbnailStore, thumbnailSide } from './thumbnails.ts';
export type { ThumbnailStore } from './thumbnails.ts';
export { updateContent } from './update-content.ts';
export { addUpload } from './upload.ts';
export type { Watch } from './prepare.ts';
export { copyWith } from './work-file.ts';
export { createWake } from './wake.ts';
export { createSolitude } from './solitude.ts';
export { runWorker } from './worker.ts';
export type { WorkerOptions } from './worker.ts';
export { WorkerRoster } from './worker-roster.ts';
