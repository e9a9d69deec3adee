#ifndef CRE2_H
#define CRE2_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// A compiled RE2 pattern. Immutable after creation and safe to share between threads.
typedef struct cre2_pattern cre2_pattern;

/// Compiles `length` bytes of UTF-8 pattern text with a memory bound of `max_mem` bytes. Never null; see cre2_error.
cre2_pattern *cre2_new(const char *text, size_t length, int64_t max_mem);
void cre2_free(cre2_pattern *pattern);
/// Null if the pattern is valid, else RE2's own message, owned by the pattern.
const char *cre2_error(const cre2_pattern *pattern);
int cre2_groups(const cre2_pattern *pattern);
/// Whether the pattern is found anywhere in the text.
bool cre2_found(const cre2_pattern *pattern, const char *text, size_t length);
/// Finds the first match at or after `start`; writes byte offsets (begin, end) pairs, -1 for a group that took no part.
bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t start, int32_t *offsets, int pairs);

#ifdef __cplusplus
}
#endif
#endif
