/**
 * Layers whose attributes the stand-in for nixpkgs has. `bpf` comes with `elf`, which has to name zlib beside its own
 * library: no attribute brings what its .pc file requires.
 */
export const heldLayers = ['alsa', 'bpf', 'gperf', 'lz4', 'openssl', 'sqlite'] as const;
