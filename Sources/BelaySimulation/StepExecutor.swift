import Synchronization

/// Runs the jobs of a simulation one after another on whoever calls `drain`, so that a seed repeats exactly.
package final class StepExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs jobs until none is left; false if there is no end to them: `limit` were run, and more are there.
    @discardableResult
    package func drain(atMost limit: Int = .max) -> Bool {
        var left = limit
        while left > 0 {
            let batch = jobs.withLock { jobs in
                defer { jobs.removeAll(keepingCapacity: true) }
                return jobs
            }
            guard !batch.isEmpty else { return true }
            for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
            left -= batch.count
        }
        return false
    }
}
