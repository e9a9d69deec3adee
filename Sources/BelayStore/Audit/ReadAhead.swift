import Dispatch

/// Reads the next batch on another thread while the one before is examined.
///
/// The reading is handed over and not touched until `wait` has given it back.
final class ReadAhead {
    private let done = DispatchSemaphore(value: 0)
    private nonisolated(unsafe) let reading: RecordReading
    private nonisolated(unsafe) var result: Result<RecordBatch, any Error>?

    init(_ reading: RecordReading) {
        self.reading = reading
        let thread = DispatchQueue.global()
        nonisolated(unsafe) let me = self
        thread.async {
            me.result = Result { try me.reading.next() }
            me.done.signal()
        }
    }

    func wait() throws -> RecordBatch {
        done.wait()
        guard let result else { preconditionFailure("the reading has ended") }
        return try result.get()
    }
}
