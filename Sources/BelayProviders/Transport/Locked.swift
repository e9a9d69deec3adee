#if BELAY_THREAD_SANITIZER
    import Glibc
#else
    import Synchronization
#endif

/// A value with one owner at a time, shared between threads.
///
/// Built with `-DBELAY_THREAD_SANITIZER` it stands on a pthread mutex: ThreadSanitizer does not see the
/// futex of `Synchronization.Mutex` on Linux and reports races that are none.
package final class Locked<Value: Sendable>: @unchecked Sendable {
    #if BELAY_THREAD_SANITIZER
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private var value: Value

        package init(_ value: Value) {
            self.value = value
            pthread_mutex_init(mutex, nil)
        }

        deinit {
            pthread_mutex_destroy(mutex)
            mutex.deallocate()
        }

        package func withLock<R>(_ body: (inout Value) throws -> R) rethrows -> R {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body(&value)
        }
    #else
        private let mutex: Mutex<Value>

        package init(_ value: Value) { mutex = Mutex(value) }

        package func withLock<R>(_ body: (inout Value) throws -> R) rethrows -> R {
            try mutex.withLock { value in try body(&value) }
        }
    #endif
}
