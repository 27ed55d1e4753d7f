// Loaded into every dynamic program of a box whose result is compared with that of another one: folders list what is in
// them from the last to the first. What glibc reads itself (scandir, glob, fts) stays.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/// What is in a folder, read as a whole when the first name is asked for.
struct listing {
  DIR *of;
  struct dirent64 **entries;
  size_t count, left, room;
  int error;
  struct listing *after;
};
static struct listing *listings;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;

static void *next(const char *name) { return dlsym(RTLD_NEXT, name); }

static int keep(struct listing *all, const struct dirent64 *entry) {
  if (all->count == all->room) {
    size_t room = all->room == 0 ? 64 : all->room * 2;
    void *more = realloc(all->entries, room * sizeof *all->entries);
    if (more == 0) return 0;
    all->entries = more;
    all->room = room;
  }
  struct dirent64 *kept = malloc(sizeof *kept);
  if (kept == 0) return 0;
  memcpy(kept, entry, entry->d_reclen < sizeof *kept ? entry->d_reclen : sizeof *kept);
  // They are freed with the listing: each stays valid until the folder is closed.
  all->entries[all->count++] = kept;
  return 1;
}

static struct listing *list(DIR *folder) {
  for (struct listing *each = listings; each != 0; each = each->after)
    if (each->of == folder) return each;
  struct dirent64 *(*read)(DIR *) = (struct dirent64 * (*)(DIR *)) next("readdir64");
  struct listing *made = calloc(1, sizeof *made);
  if (read == 0 || made == 0) return 0;
  made->of = folder;
  errno = 0;
  for (struct dirent64 *entry; (entry = read(folder)) != 0; errno = 0)
    if (!keep(made, entry)) break;
  made->error = errno;
  made->left = made->count;
  made->after = listings;
  listings = made;
  return made;
}

static void forget(DIR *folder) {
  pthread_mutex_lock(&guard);
  for (struct listing **each = &listings; *each != 0; each = &(*each)->after) {
    struct listing *gone = *each;
    if (gone->of != folder) continue;
    *each = gone->after;
    for (size_t at = 0; at < gone->count; at++) free(gone->entries[at]);
    free(gone->entries);
    free(gone);
    break;
  }
  pthread_mutex_unlock(&guard);
}

struct dirent64 *readdir64(DIR *folder) {
  int before = errno;
  pthread_mutex_lock(&guard);
  struct listing *all = list(folder);
  struct dirent64 *entry = all == 0 || all->left == 0 ? 0 : all->entries[--all->left];
  int error = all == 0 ? ENOMEM : entry == 0 && all->error != 0 ? all->error : before;
  pthread_mutex_unlock(&guard);
  errno = error;
  return entry;
}

/// Both have the same form where a word has 64 bits.
struct dirent *readdir(DIR *folder) { return (struct dirent *)readdir64(folder); }

int closedir(DIR *folder) {
  forget(folder);
  return ((int (*)(DIR *))next("closedir"))(folder);
}

void rewinddir(DIR *folder) {
  forget(folder);
  ((void (*)(DIR *))next("rewinddir"))(folder);
}
