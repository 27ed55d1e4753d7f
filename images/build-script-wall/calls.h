// System calls without a C library: what is made of this works beside any of them, and beside none.
#pragma once

typedef unsigned long word;

#if defined(__x86_64__)
enum { call_read = 0, call_write = 1, call_close = 3, call_mprotect = 10, call_exit_group = 231, call_execve = 59,
       call_readlink_at = 267, call_open_at = 257, call_make_dir_at = 258, call_get_entries = 217, call_prctl = 157 };
static inline long call6(long n, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
enum { call_read = 63, call_write = 64, call_close = 57, call_mprotect = 226, call_exit_group = 94, call_execve = 221,
       call_readlink_at = 78, call_open_at = 56, call_make_dir_at = 34, call_get_entries = 61, call_prctl = 167 };
static inline long call6(long n, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#else
#error "no system calls for this architecture"
#endif
// The same number on every architecture.
enum { call_open_at2 = 437, call_landlock_create = 444, call_landlock_add = 445, call_landlock_restrict = 446 };

#define call(n, a, b, c, d) call6((n), (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

// Errors come as negative numbers.
enum { not_permitted = -1, no_entry = -2, exists = -17, not_a_folder = -20, no_such_call = -38, not_supported = -95 };
enum { current_folder = -100, close_on_exec = 02000000, path_only = 010000000 };
#if defined(__aarch64__)
enum { folder_only = 040000 };
#else
enum { folder_only = 0200000 };
#endif

// A compiler may call these two on its own.
__attribute__((visibility("hidden"), used)) void *memset(void *to, int value, word count) {
  for (volatile char *at = to; count-- > 0; at++) *at = (char)value;
  return to;
}
__attribute__((visibility("hidden"), used)) void *memcpy(void *to, const void *from, word count) {
  volatile char *at = to;
  for (const char *source = from; count-- > 0; at++, source++) *at = *source;
  return to;
}

static inline word length(const char *text) {
  word count = 0;
  while (text[count] != 0) count++;
  return count;
}
static inline int is_same(const char *left, const char *right) {
  while (*left != 0 && *left == *right) left++, right++;
  return *left == *right;
}
/// What follows `start` in `text`, or nothing.
static inline const char *after(const char *text, const char *start) {
  while (*start != 0)
    if (*text++ != *start++) return 0;
  return text;
}
static inline const char *variable(char *const *variables, const char *name) {
  for (; *variables != 0; variables++) {
    const char *rest = after(*variables, name);
    if (rest != 0 && *rest == '=') return rest + 1;
  }
  return 0;
}
static inline void say(const char *text) { call(call_write, 2, text, length(text), 0); }
