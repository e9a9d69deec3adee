#include "CRE2.h"

#include <re2/re2.h>

#include <vector>

struct cre2_pattern {
    re2::RE2 re;
    cre2_pattern(re2::StringPiece text, const re2::RE2::Options &options) : re(text, options) {}
};

extern "C" {

cre2_pattern *cre2_new(const char *text, size_t length, int64_t max_mem) {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(max_mem);
    return new cre2_pattern(re2::StringPiece(text, length), options);
}

void cre2_free(cre2_pattern *pattern) { delete pattern; }

const char *cre2_error(const cre2_pattern *pattern) {
    return pattern->re.ok() ? nullptr : pattern->re.error().c_str();
}

int cre2_groups(const cre2_pattern *pattern) { return pattern->re.NumberOfCapturingGroups(); }

bool cre2_found(const cre2_pattern *pattern, const char *text, size_t length) {
    return pattern->re.Match(re2::StringPiece(text, length), 0, length, re2::RE2::UNANCHORED, nullptr, 0);
}

bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t start, int32_t *offsets,
               int pairs) {
    std::vector<re2::StringPiece> groups(pairs);
    if (!pattern->re.Match(re2::StringPiece(text, length), start, length, re2::RE2::UNANCHORED, groups.data(),
                           pairs)) {
        return false;
    }
    for (int i = 0; i < pairs; i++) {
        const char *begin = groups[i].data();
        offsets[2 * i] = begin ? static_cast<int32_t>(begin - text) : -1;
        offsets[2 * i + 1] = begin ? static_cast<int32_t>(begin - text + groups[i].size()) : -1;
    }
    return true;
}

}
