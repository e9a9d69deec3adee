#ifndef CPREFETCH_H
#define CPREFETCH_H

/// Asks the processor to bring the cache line at `address` near, without waiting for it. Any address is allowed.
static inline void cprefetch(const void *address) { __builtin_prefetch(address); }

#endif
