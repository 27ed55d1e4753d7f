/** All of this room that commands need, as one bundle that is loaded when it is asked for. */
export { baseName, featureJson, featureTable } from './feature-files.ts';
export { describeHazard, findHazards, saidHazards, undoesWalls } from './find-hazards.ts';
export { conflictProblem, mergeFile } from './merge-file.ts';
export { placeAt, readJsonc } from './read-jsonc.ts';
export { modeOf } from './read-mode.ts';
export { fixedVariableNames, wantedOf } from './wanted.ts';
