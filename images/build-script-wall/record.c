// Loaded beside preload.so into every dynamic program of a box that is run to learn what a build looks for. It notes
// which questions pkg-config is asked, which programs are started in vain and which `which` is asked for, each with the
// package that wants it; what anybody gets as an answer stays the same. One record: kind, package and words, each ended by
// a zero, then 0x1e. It is written in one call to the end of a file, so that programs at once do not mix theirs.
#include "calls.h"
#include <stddef.h>

static const char file_of_records[] = "/box/record/records";
enum { write_only = 01, make = 0100, append = 02000, longest = 4096, no_entry_number = 2 };

extern char **environ;
extern void *dlsym(void *from, const char *name);
extern int *__errno_location(void);
static void *const next_one = (void *)-1l;

struct record {
  char text[longest];
  word count;
};

static void add(struct record *to, const char *field) {
  for (; *field != 0 && to->count < longest - 2; field++) to->text[to->count++] = *field;
  if (to->count < longest - 1) to->text[to->count++] = 0;
}

static void write_down(const char *kind, const char *first, char *const *words, char *const *variables) {
  const char *package = variables == 0 ? 0 : variable(variables, "CARGO_PKG_NAME");
  if (package == 0) return;
  struct record record = {.count = 0};
  add(&record, kind);
  add(&record, package);
  if (first != 0) add(&record, first);
  for (; words != 0 && *words != 0; words++) add(&record, *words);
  record.text[record.count++] = 0x1e;
  long file = call(call_open_at, current_folder, file_of_records, write_only | make | append | close_on_exec, 0666);
  if (file < 0) return;
  call(call_write, file, record.text, record.count, 0);
  call(call_close, file, 0, 0, 0);
}

static const char *last_part(const char *path) {
  const char *last = path;
  for (; *path != 0; path++)
    if (*path == '/') last = path + 1;
  return last;
}

/// A path with a folder in it names a file of somebody's own: nothing that a package could bring.
static int is_searched(const char *name) { return name != 0 && name == last_part(name) && *name != 0; }

/// dash and bash try the folders of PATH one by one: the last of them stands for all.
static int is_last_folder(const char *path) {
  const char *rest = after(path, "/bin/");
  return rest != 0 && rest == last_part(rest);
}

static void note_missing(const char *file, int error, char *const *variables) {
  if (error != no_entry_number || file == 0) return;
  if (is_searched(file) || is_last_folder(file)) write_down("absent", last_part(file), 0, variables);
}

#define EXPORT __attribute__((visibility("default")))
#define EXEC2(name) \
  EXPORT int name(const char *file, char *const *words) { \
    static int (*real)(const char *, char *const *); \
    if (real == 0) real = dlsym(next_one, #name); \
    int result = real(file, words); \
    int error = *__errno_location(); \
    note_missing(file, error, environ); \
    *__errno_location() = error; \
    return result; \
  }
#define EXEC3(name) \
  EXPORT int name(const char *file, char *const *words, char *const *variables) { \
    static int (*real)(const char *, char *const *, char *const *); \
    if (real == 0) real = dlsym(next_one, #name); \
    int result = real(file, words, variables); \
    int error = *__errno_location(); \
    note_missing(file, error, environ); \
    *__errno_location() = error; \
    return result; \
  }
#define SPAWN(name) \
  EXPORT int name(int *id, const char *file, const void *actions, const void *attributes, char *const *words, \
                  char *const *variables) { \
    static int (*real)(int *, const char *, const void *, const void *, char *const *, char *const *); \
    if (real == 0) real = dlsym(next_one, #name); \
    int error = real(id, file, actions, attributes, words, variables); \
    note_missing(file, error, environ); \
    return error; \
  }
EXEC2(execv)
EXEC2(execvp)
EXEC3(execve)
EXEC3(execvpe)
SPAWN(posix_spawn)
SPAWN(posix_spawnp)

/// By its own name, by that of its newer kind, and with a machine's triple before it.
static int is_pkg_config(const char *name) {
  word size = length(name);
  return is_same(name, "pkgconf") || (size >= 10 && is_same(name + size - 10, "pkg-config"));
}

/// Debian's is a script: then it stands behind the shell that runs it.
static int is_which(const char *name) { return is_same(name, "which") || is_same(name, "which.debianutils"); }

/// glibc gives its constructors the arguments and variables.
__attribute__((constructor, used)) static void start(int count, char **words, char **variables) {
  if (count > 1 && is_pkg_config(last_part(words[0]))) write_down("asked", 0, words + 1, variables);
  if (count > 1 && is_which(last_part(words[0]))) write_down("sought", 0, words + 1, variables);
  else if (count > 2 && is_which(last_part(words[1]))) write_down("sought", 0, words + 2, variables);
}
