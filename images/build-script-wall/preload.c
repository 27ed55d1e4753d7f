// Loaded into every dynamic program of a box (/etc/ld.so.preload), and at work in cargo alone: where cargo starts a
// build script it starts `enter` in its place, which makes the wall and becomes the script. So the wall stands before
// the first instruction of the script, and neither its constructors nor a static link get around it.
//
// Cargo's own table of functions (GOT) is changed; no symbol is replaced, and in other programs nothing happens.
// No C library is needed to be loaded with any.
#include "calls.h"
#include <elf.h>
#include <stddef.h>

static const char enter[] = "/box/wall/enter";
static word page_bytes = 4096;
/// What the loader has made read-only when all was in place.
static word sealed_from, sealed_to;

extern char **environ __attribute__((weak));

/// Cargo sets all of them for build scripts, and for nothing else.
static int is_for_build_script(char *const *variables) {
  static const char names[][16] = {"OUT_DIR", "NUM_JOBS", "HOST", "TARGET", "OPT_LEVEL", "PROFILE", "DEBUG", "RUSTC", "RUSTDOC"};
  for (word at = 0; at < sizeof names / sizeof names[0]; at++)
    if (variable(variables, names[at]) == 0) return 0;
  return 1;
}

static void give_up(const char *why) __attribute__((noreturn));
static void give_up(const char *why) {
  say("cargo-boxed: build scripts cannot get walls of their own: ");
  say(why);
  say(". `unwalled-build-scripts: [\"*\"]` in your configuration leaves all of them without.\n");
  for (;;) call(call_exit_group, 126, 0, 0, 0);
}

/// What to start. `enter` finds the script as its own name, which is how cargo calls it.
static const char *started(const char *file, char *const *arguments, char *const *variables) {
  if (variables == 0 || !is_for_build_script(variables)) return file;
  if (arguments[0] == 0 || !is_same(file, arguments[0])) give_up("this cargo calls them in a way that is not known");
  return enter;
}

typedef int (*exec2)(const char *, char *const *);
typedef int (*exec3)(const char *, char *const *, char *const *);
typedef int (*spawn)(int *, const char *, const void *, const void *, char *const *, char *const *);

#define EXEC2(name) \
  static exec2 real_##name; \
  static int our_##name(const char *file, char *const *arguments) { \
    return real_##name(started(file, arguments, environ), arguments); \
  }
#define EXEC3(name) \
  static exec3 real_##name; \
  static int our_##name(const char *file, char *const *arguments, char *const *variables) { \
    return real_##name(started(file, arguments, variables), arguments, variables); \
  }
#define SPAWN(name) \
  static spawn real_##name; \
  static int our_##name(int *id, const char *file, const void *actions, const void *attributes, \
                        char *const *arguments, char *const *variables) { \
    return real_##name(id, started(file, arguments, variables), actions, attributes, arguments, variables); \
  }
EXEC2(execv)
EXEC2(execvp)
EXEC3(execve)
EXEC3(execvpe)
SPAWN(posix_spawn)
SPAWN(posix_spawnp)
SPAWN(pidfd_spawn)
SPAWN(pidfd_spawnp)

enum { read_only = 1, read_and_write = 3 };
static void protect(word *slot, int rights) {
  if ((word)slot < sealed_from || (word)slot >= sealed_to) return;
  word page = (word)slot & ~(page_bytes - 1);
  if (call(call_mprotect, page, page_bytes, rights, 0) < 0) give_up("cargo's functions cannot be replaced");
}

/// Puts ours in the place of a function of that name and keeps the real one; the address of the place is `slot`.
static int replace(const char *name, word *slot) {
#define REPLACE(wanted) \
  if (is_same(name, #wanted)) { \
    if (*slot == 0) return 0; \
    real_##wanted = (void *)*slot; \
    protect(slot, read_and_write); \
    *slot = (word)our_##wanted; \
    protect(slot, read_only); \
    return 1; \
  }
  REPLACE(execv)
  REPLACE(execvp)
  REPLACE(execve)
  REPLACE(execvpe)
  REPLACE(posix_spawn)
  REPLACE(posix_spawnp)
  REPLACE(pidfd_spawn)
  REPLACE(pidfd_spawnp)
  return 0;
}

#if defined(__x86_64__)
enum { function_slot = R_X86_64_JUMP_SLOT, data_slot = R_X86_64_GLOB_DAT };
#else
enum { function_slot = R_AARCH64_JUMP_SLOT, data_slot = R_AARCH64_GLOB_DAT };
#endif

static int replace_all(word base, const Elf64_Rela *entries, word bytes, const Elf64_Sym *symbols, const char *names) {
  int count = 0;
  for (word at = 0; entries != 0 && at < bytes / sizeof *entries; at++) {
    word type = ELF64_R_TYPE(entries[at].r_info);
    if (type != function_slot && type != data_slot) continue;
    const Elf64_Sym *symbol = &symbols[ELF64_R_SYM(entries[at].r_info)];
    count += replace(names + symbol->st_name, (word *)(base + entries[at].r_offset));
  }
  return count;
}

static int is_cargo(void) {
  char path[4096];
  long count = call(call_readlink_at, current_folder, "/proc/self/exe", path, sizeof path - 1);
  if (count < 6) return 0;
  path[count] = 0;
  return is_same(path + count - 6, "/cargo");
}

static void change_cargo(const Elf64_Phdr *headers, word count) {
  word base = 0;
  const Elf64_Dyn *dynamic = 0;
  for (word at = 0; at < count; at++)
    if (headers[at].p_type == PT_PHDR) base = (word)headers - headers[at].p_vaddr;
  for (word at = 0; at < count; at++)
    if (headers[at].p_type == PT_DYNAMIC) dynamic = (const Elf64_Dyn *)(base + headers[at].p_vaddr);
  for (word at = 0; at < count; at++)
    if (headers[at].p_type == PT_GNU_RELRO) {
      sealed_from = base + headers[at].p_vaddr;
      sealed_to = sealed_from + headers[at].p_memsz;
    }
  word symbols = 0, names = 0, data = 0, data_bytes = 0, functions = 0, function_bytes = 0;
  int is_bound = 0;
  for (; dynamic != 0 && dynamic->d_tag != DT_NULL; dynamic++) {
    word value = dynamic->d_un.d_val;
    // The loader of glibc mostly has made addresses of these already.
    word address = value < base ? base + value : value;
    switch (dynamic->d_tag) {
      case DT_SYMTAB: symbols = address; break;
      case DT_STRTAB: names = address; break;
      case DT_RELA: data = address; break;
      case DT_RELASZ: data_bytes = value; break;
      case DT_JMPREL: functions = address; break;
      case DT_PLTRELSZ: function_bytes = value; break;
      case DT_BIND_NOW: is_bound = 1; break;
      case DT_FLAGS: is_bound |= (value & DF_BIND_NOW) != 0; break;
      case DT_FLAGS_1: is_bound |= (value & DF_1_NOW) != 0; break;
    }
  }
  // A place that is filled later, at the first call, would be filled with the real function.
  if (!is_bound || symbols == 0 || names == 0) give_up("this cargo was linked in a way that is not known");
  int count_replaced =
      replace_all(base, (void *)data, data_bytes, (void *)symbols, (void *)names) +
      replace_all(base, (void *)functions, function_bytes, (void *)symbols, (void *)names);
  if (count_replaced == 0) give_up("this cargo starts programs in a way that is not known");
}

/// glibc gives its constructors the arguments and variables; the kernel's own words (auxv) stand behind them.
__attribute__((constructor, used)) static void start(int count, char **arguments, char **variables) {
  (void)count, (void)arguments;
  if (!is_cargo()) return;
  // Below a build script the outer wall holds; what else cargo starts there would look like one of its scripts.
  if (is_for_build_script(variables)) return;
  while (*variables != 0) variables++;
  const Elf64_Phdr *headers = 0;
  word headers_count = 0;
  for (const Elf64_auxv_t *entry = (void *)(variables + 1); entry->a_type != AT_NULL; entry++) {
    if (entry->a_type == AT_PHDR) headers = (void *)entry->a_un.a_val;
    if (entry->a_type == AT_PAGESZ) page_bytes = entry->a_un.a_val;
    if (entry->a_type == AT_PHNUM) headers_count = entry->a_un.a_val;
  }
  change_cargo(headers, headers_count);
}
