/** Whether a file of a hostile tree may still be read or copied whole. */
export type TakesFile = (sizeBytes: number, allocatedBytes: number) => boolean;

/**
 * Of all files of a tree together: a file system that compresses has less on its disk than there is to read, and of what was
 * just written some say for seconds that nothing is there.
 */
const mostHoles = { bytes: 4 * 1024 ** 3, timesAllocated: 7 } as const;

/**
 * A file of holes takes no disk and is terabytes to whoever reads or copies it: a build can fill this machine with it, or have
 * it sum zeros for days. So of one tree only so much is taken beyond what lies on the disk; what is beyond stays.
 */
export function boundHoles(): TakesFile {
  let holes = 0;
  let allocated = 0;
  return (sizeBytes, allocatedBytes) => {
    const more = Math.max(0, sizeBytes - allocatedBytes);
    const most = mostHoles.bytes + mostHoles.timesAllocated * (allocated + allocatedBytes);
    if (more > 0 && holes + more > most) return false;
    holes += more;
    allocated += allocatedBytes;
    return true;
  };
}
