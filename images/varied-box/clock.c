// Loaded into every dynamic program of a box whose result is compared with that of another one: the time of day is
// SHIFT seconds later here. What counts from the start of the machine stays, and so do the times of files.
// Not reached: programs without glibc, and those that ask the kernel themselves.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { alarm_clock = 8, atomic_clock = 11, a_day = 86400 };

static int is_time_of_day(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == alarm_clock || clock == atomic_clock;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && is_time_of_day(clock)) now->tv_sec += SHIFT;
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  int result = (int)syscall(SYS_gettimeofday, now, zone);
  if (result == 0 && now != 0) now->tv_sec += SHIFT;
  return result;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result != 0) *result = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *now, int base) {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

/// A moment that a program waits for, as the kernel has it. One that is near our time of day is meant so; others are of
/// a clock that was not moved.
static const struct timespec *real(const struct timespec *until, struct timespec *moved) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (until == 0 || llabs((long long)until->tv_sec - now.tv_sec) > 100ll * a_day) return until;
  *moved = *until;
  moved->tv_sec -= SHIFT;
  return moved;
}

/// An older function of the same name may come first: that of a later version of the library is meant.
static void *next(const char *name) {
  static const char versions[][12] = {"GLIBC_2.3.2", "GLIBC_2.17", "GLIBC_2.34"};
  for (unsigned at = 0; at < sizeof versions / sizeof versions[0]; at++) {
    void *found = dlvsym(RTLD_NEXT, name, versions[at]);
    if (found != 0) return found;
  }
  return dlsym(RTLD_NEXT, name);
}

#define WAIT(name, parameters, arguments) \
  int name parameters { \
    static int(*found) parameters; \
    struct timespec moved; \
    if (found == 0) found = (int(*) parameters)next(#name); \
    return found arguments; \
  }
WAIT(pthread_cond_timedwait, (pthread_cond_t *restrict at, pthread_mutex_t *restrict held, const struct timespec *restrict until),
     (at, held, real(until, &moved)))
WAIT(pthread_mutex_timedlock, (pthread_mutex_t *restrict held, const struct timespec *restrict until),
     (held, real(until, &moved)))
WAIT(sem_timedwait, (sem_t *restrict at, const struct timespec *restrict until), (at, real(until, &moved)))
