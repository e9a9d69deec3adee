#pragma once

/// Asks the processor to bring a cache line near before it is needed; any address is allowed, nothing is read.
static inline void prefetch_line(const void *address) { __builtin_prefetch(address, 0, 3); }
