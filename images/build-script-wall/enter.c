// Makes the wall of one build script and becomes it. Started by `preload.so` in cargo, in the place of the script, whose
// path is its own name (argv[0]). Fails closed: where the kernel has Landlock and the wall cannot be made, the script
// does not run.
#include "calls.h"

// linux/landlock.h, which older systems lack: rights by the version of the interface that brought them.
enum {
  write_file = 1 << 1,
  remove_dir = 1 << 4,
  remove_file = 1 << 5,
  make_char = 1 << 6,
  make_dir = 1 << 7,
  make_reg = 1 << 8,
  make_sock = 1 << 9,
  make_fifo = 1 << 10,
  make_block = 1 << 11,
  make_sym = 1 << 12,
  refer = 1 << 13,      // 2
  truncate = 1 << 14,   // 3
  ioctl_dev = 1 << 15,  // 5
  all_of_a_file = write_file | truncate | ioctl_dev,
  all = all_of_a_file | remove_dir | remove_file | make_char | make_dir | make_reg | make_sock | make_fifo | make_block |
        make_sym | refer,
};
enum { scope_abstract_socket = 1, scope_signal = 2 };  // 6
enum { oldest_usable = 2 };
struct ruleset { unsigned long long file_rights, net_rights, scopes; };
struct __attribute__((packed)) path_rule { unsigned long long rights; int folder; };
struct open_how { unsigned long long flags, mode, resolve; };
enum { no_links = 4, set_no_new_privs = 38 };

static void end_of(const char *what, long error) __attribute__((noreturn));
static void end_of(const char *what, long error) {
  char digits[24];
  char *at = digits + sizeof digits - 1;
  *at = 0;
  for (long rest = error < 0 ? -error : error; rest > 0 || *at == 0; rest /= 10) *--at = (char)('0' + rest % 10);
  say("cargo-boxed: the wall of this build script cannot be made: ");
  say(what);
  say(" (error ");
  say(at);
  say("). `unwalled-build-scripts` in your configuration names scripts that run without one.\n");
  for (;;) call(call_exit_group, 126, 0, 0, 0);
}

static char rules[65536];

/// The rules are pairs of texts, each ended by a zero. Gives the value of the next pair of that name, or nothing.
static const char *next_rule(const char *name, const char **at) {
  while (**at != 0) {
    const char *found = *at;
    const char *value = found + length(found) + 1;
    *at = value + length(value) + 1;
    if (is_same(found, name)) return value;
  }
  return 0;
}
static const char *rule(const char *name) {
  const char *at = rules;
  return next_rule(name, &at);
}

static void read_rules(void) {
  long file = call(call_open_at, current_folder, "/box/wall/rules", close_on_exec, 0);
  if (file < 0) end_of("its rules cannot be opened", file);
  word filled = 0;
  for (;;) {
    long count = call(call_read, file, rules + filled, sizeof rules - 2 - filled, 0);
    if (count < 0) end_of("its rules cannot be read", count);
    if (count == 0) break;
    filled += (word)count;
  }
  if (filled >= sizeof rules - 2) end_of("it has too many rules", 0);
  call(call_close, file, 0, 0, 0);
}

static long open_without_links(const char *path, int flags) {
  struct open_how how = {(unsigned long long)(flags | path_only | close_on_exec), 0, no_links};
  return call(call_open_at2, current_folder, path, &how, sizeof how);
}

static long handled_rights;

/// Lets the script write below `path`, which may be missing.
static void allow(long ruleset, const char *path, long rights) {
  long folder = open_without_links(path, folder_only);
  if (folder == not_a_folder) {
    rights &= all_of_a_file;
    folder = open_without_links(path, 0);
  }
  if (folder == no_entry) return;
  if (folder < 0) end_of(path, folder);
  struct path_rule below = {(unsigned long long)(rights & handled_rights), (int)folder};
  long added = call(call_landlock_add, ruleset, 1, &below, 0);
  if (added < 0) end_of(path, added);
  call(call_close, folder, 0, 0, 0);
}

enum { longest_path = 4096 };
struct path { char text[longest_path]; word count; };

static void append(struct path *path, const char *text, word count) {
  if (path->count + count >= longest_path) end_of("a path is too long", 36);
  memcpy(path->text + path->count, text, count);
  path->count += count;
  path->text[path->count] = 0;
}

/// Makes each folder of the path that is missing.
static void make_folders(struct path *path) {
  for (word at = 1; at <= path->count; at++) {
    char kept = path->text[at];
    if (kept != '/' && kept != 0) continue;
    path->text[at] = 0;
    long made = call(call_make_dir_at, current_folder, path->text, 0700, 0);
    if (made < 0 && made != exists) end_of(path->text, made);
    path->text[at] = kept;
  }
}

static word parent(const char *path, word count) {
  while (count > 0 && path[count - 1] != '/') count--;
  return count > 0 ? count - 1 : 0;
}

static int is_hash(const char *text) {
  word at = 0;
  for (; text[at] != 0; at++)
    if (!((text[at] >= '0' && text[at] <= '9') || (text[at] >= 'a' && text[at] <= 'f'))) return 0;
  return at == 16;
}

struct entry { unsigned long long id; long long next; unsigned short bytes; unsigned char kind; char name[]; };

/// Lets the script write into OUT_DIR of each run of a crate: `<folder>/<start><hash>/out`.
static void allow_runs(long ruleset, const struct path *folder, const char *start) {
  static char listing[32768];
  struct open_how how = {folder_only | close_on_exec, 0, no_links};
  long opened = call(call_open_at2, current_folder, folder->text, &how, sizeof how);
  if (opened < 0) return;
  long filled;
  while ((filled = call(call_get_entries, opened, listing, sizeof listing, 0)) > 0) {
    for (long at = 0; at < filled;) {
      const struct entry *entry = (void *)(listing + at);
      at += entry->bytes;
      const char *hash = after(entry->name, start);
      if (hash == 0 || !is_hash(hash)) continue;
      struct path run = *folder;
      append(&run, "/", 1);
      append(&run, entry->name, length(entry->name));
      append(&run, "/out", 4);
      allow(ruleset, run.text, all);
    }
  }
  call(call_close, opened, 0, 0, 0);
}

/// A crate that is made to be shared. `own` is the folder of this run: `build/<crate>-<hash>` up to cargo 1.99,
/// `build/<crate>/<hash>` in its newer layout.
static void allow_shared(long ruleset, const struct path *own, const char *crate) {
  struct path runs = {.count = 0}, start = {.count = 0};
  word above = parent(own->text, own->count);
  append(&runs, own->text, above);
  append(&start, crate, length(crate));
  append(&start, "-", 1);
  allow_runs(ruleset, &runs, start.text);
  runs.count = 0;
  append(&runs, own->text, parent(own->text, above));
  append(&runs, "/", 1);
  append(&runs, crate, length(crate));
  allow_runs(ruleset, &runs, "");
}

/// The folder that cargo has for this run, if OUT_DIR lies in one.
static int is_of_a_run(const char *folder, word count) {
  return count > 17 && (folder[count - 17] == '-' || folder[count - 17] == '/');
}

/// What it may write, all of it its own: what cargo keeps of this run (OUT_DIR lies in there, and scripts exist that
/// delete it and make it again), and a folder for TMPDIR and HOME.
static void fill(long ruleset, const char *out, const char *sources, struct path *own) {
  word count = length(out);
  word unit = parent(out, count);
  struct path folder = {.count = 0};
  append(&folder, out, unit);
  if (!is_same(out + unit, "/out") || !is_of_a_run(folder.text, unit) || !is_hash(folder.text + unit - 16))
    append(&folder, out + unit, count - unit);
  long opened = open_without_links(out, folder_only);
  if (opened < 0) end_of(out, opened);
  call(call_close, opened, 0, 0, 0);
  allow(ruleset, folder.text, all);

  const char *within = rule("within");
  const char *rest = within == 0 ? 0 : after(folder.text, within);
  if (rest == 0 || *rest != '/') rest = folder.text;
  const char *below = rule("below");
  if (below == 0) end_of("no place for its temporary files is known", 0);
  append(own, below, length(below));
  append(own, rest, length(rest));
  make_folders(own);
  allow(ruleset, own->text, all);

  const char *at = rules;
  for (const char *path; (path = next_rule("write", &at)) != 0;) allow(ruleset, path, all);
  at = rules;
  for (const char *path; (path = next_rule("own", &at)) != 0;) {
    const char *rest_of_sources = sources == 0 ? 0 : after(sources, path);
    if (rest_of_sources != 0 && (*rest_of_sources == '/' || *rest_of_sources == 0)) allow(ruleset, path, all);
  }
  at = rules;
  for (const char *path; (path = next_rule("device", &at)) != 0;) allow(ruleset, path, all_of_a_file);
  at = rules;
  for (const char *crate; (crate = next_rule("shared", &at)) != 0;) allow_shared(ruleset, &folder, crate);
}

/// Whether the kernel has what it takes; the engine may forbid the question, too.
static long landlock_version(void) {
  long version = call(call_landlock_create, 0, 0, 1, 0);
  if (version == no_such_call || version == not_supported || version == not_permitted) return 0;
  if (version < 0) end_of("the kernel does not say what it can", version);
  return version < oldest_usable ? 0 : version;
}

static int is_free(const char *name) {
  const char *at = rules;
  for (const char *free; (free = next_rule("free", &at)) != 0;)
    if (is_same(free, name) || is_same(free, "*")) return 1;
  return 0;
}

/// A variable that has the value which the plan gave it gets a folder in the script's own: TMPDIR and HOME.
static const char *moved(const char *entry, const char *name, struct path *own, struct path *result) {
  const char *value = after(entry, name);
  const char *planned = rule(name);
  if (value == 0 || *value != '=' || planned == 0 || !is_same(value + 1, planned)) return entry;
  append(result, name, length(name));
  append(result, "=", 1);
  struct path folder = {.count = 0};
  append(&folder, own->text, own->count);
  append(&folder, is_same(name, "HOME") ? "/home" : "/tmp", is_same(name, "HOME") ? 5 : 4);
  make_folders(&folder);
  append(result, folder.text, folder.count);
  return result->text;
}

static void become(char **arguments, char **variables) __attribute__((noreturn));
static void become(char **arguments, char **variables) {
  long result = call(call_execve, arguments[0], arguments, variables, 0);
  end_of(arguments[0], result);
}

__attribute__((used, noreturn)) void enter(word *stack) {
  word count = stack[0];
  char **arguments = (char **)(stack + 1);
  char **variables = arguments + count + 1;
  const char *out = variable(variables, "OUT_DIR");
  const char *name = variable(variables, "CARGO_PKG_NAME");
  if (count == 0 || out == 0 || *out != '/' || name == 0) end_of("it was not started by cargo", 0);
  read_rules();
  long version = landlock_version();
  if (version == 0 || is_free(name)) become(arguments, variables);

  handled_rights = all & ~(version < 3 ? truncate : 0) & ~(version < 5 ? ioctl_dev : 0);
  struct ruleset wanted = {(unsigned long long)handled_rights, 0, scope_abstract_socket | scope_signal};
  word size = version < 4 ? 8 : version < 6 ? 16 : 24;
  long ruleset = call(call_landlock_create, &wanted, size, 0, 0);
  if (ruleset < 0) end_of("the kernel refuses its rules", ruleset);
  struct path own = {.count = 0};
  fill(ruleset, out, variable(variables, "CARGO_MANIFEST_DIR"), &own);

  word variables_count = 0;
  while (variables[variables_count] != 0) variables_count++;
  char *changed[variables_count + 1];
  struct path temporary = {.count = 0}, home = {.count = 0};
  for (word at = 0; at <= variables_count; at++) {
    char *entry = variables[at];
    if (entry != 0) entry = (char *)moved(entry, "TMPDIR", &own, &temporary);
    if (entry != 0) entry = (char *)moved(entry, "HOME", &own, &home);
    changed[at] = entry;
  }
  long result = call6(call_prctl, set_no_new_privs, 1, 0, 0, 0, 0);
  if (result < 0) end_of("rights could be gained", result);
  result = call(call_landlock_restrict, ruleset, 0, 0, 0);
  if (result < 0) end_of("the kernel refuses it", result);
  become(arguments, changed);
}

#if defined(__x86_64__)
__asm__(".globl _start\n_start: xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call enter\n");
#else
__asm__(".globl _start\n_start: mov x0, sp\n bl enter\n");
#endif
