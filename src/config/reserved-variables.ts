/** Variables that the box makes itself: where things stand inside and that nothing is fetched. */
export const reservedVariables: readonly string[] = [
  'CARGO_BUILD_BUILD_DIR',
  'CARGO_BUILD_TARGET_DIR',
  'CARGO_HOME',
  'CARGO_NET_OFFLINE',
  'CARGO_TARGET_DIR',
  'HOME',
  'PATH',
  'TMPDIR',
];
