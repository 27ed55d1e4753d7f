/** Beside the workspace's Cargo.toml. */
export const lockFileName = 'cargo-boxed.lock';
