// Loaded into every dynamic program of a box whose result is compared with that of another one: where there is more than
// one processor it sees one, else two. What is written in /proc and /sys stays.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/// Changes a set of processors so that it has another number of them.
static void change(unsigned char *set, size_t bytes) {
  int count = 0;
  for (size_t at = 0; at < bytes; at++)
    for (int bit = 0; bit < 8; bit++)
      if ((set[at] >> bit & 1) != 0 && ++count > 1) set[at] &= (unsigned char)~(1 << bit);
  if (count != 1) return;
  for (size_t at = 0; at < bytes; at++)
    for (int bit = 0; bit < 8; bit++)
      if ((set[at] >> bit & 1) == 0) {
        set[at] |= (unsigned char)(1 << bit);
        return;
      }
}

int sched_getaffinity(pid_t process, size_t bytes, cpu_set_t *set) {
  long written = syscall(SYS_sched_getaffinity, process, bytes, set);
  if (written < 0) return -1;
  memset((char *)set + written, 0, bytes - (size_t)written);
  change((unsigned char *)set, bytes);
  return 0;
}

static int other_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

long sysconf(int name) {
  static long (*found)(int);
  if (name == _SC_NPROCESSORS_CONF || name == _SC_NPROCESSORS_ONLN) return other_count();
  if (found == 0) found = (long (*)(int))dlsym(RTLD_NEXT, "sysconf");
  return found(name);
}

int get_nprocs(void) { return other_count(); }
int get_nprocs_conf(void) { return other_count(); }
