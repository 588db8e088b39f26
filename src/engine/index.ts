/**
 * `fovea`: opening an engine in this process, or connecting to a server.
 *
 * @module
 */
export * from '../client/index.ts';
export { importIndexify } from './import-indexify/index.ts';
export type {
  CopiedContents,
  CopiedGraph,
  ImportedNamespace,
  ImportOptions,
  ImportProblem,
} from './import-indexify/index.ts';
export { findHomeOwner, HomeInUseError, VERSION } from './before-opening.ts';
export { checkBackup } from './backup/restore.ts';
export { saveBackup } from './backup/save.ts';
export { saveExport } from './export/save-export.ts';
export type { SavedExport, SaveExportOptions } from './export/save-export.ts';
export { describeExtractor, loadExtractor } from './load-extractor.ts';
export type { LoadExtractorOptions, LocalExtractor } from './load-extractor.ts';
export { measureMachine } from './measure-machine.ts';
export type { MachineReport } from './measure-machine.ts';
export { open } from './open.ts';
export type { EngineOptions } from './options.ts';
export { runExtractor } from './run-extractor.ts';
export type { ExtractorInputs, ExtractorRun } from './run-extractor.ts';
export { serve } from './serve.ts';
export type { Server, ServeOptions } from './serve.ts';
export { startWorkers } from './start-workers.ts';
export { verifyModel } from './verify-model.ts';
