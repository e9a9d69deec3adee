import BelayEngine
import BelayStore
import FoundationEssentials
import Glibc

/// Measures the journal beside bare SQLite in the same run; every figure is a line `name <tab> value <tab> unit`.
///
/// `bench-store durable`, `runs [COUNT [change|read]]`, `large [RECORDS]`, or all three; files are made in the current folder.
@main
struct BenchStore {
    static func main() async throws {
        var arguments = Array(CommandLine.arguments.dropFirst())
        let which = arguments.isEmpty ? "all" : arguments.removeFirst()
        let count = arguments.first.flatMap { Int($0) }
        let folder = FileManager.default.currentDirectoryPath + "/.bench-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        if which == "durable" || which == "all" { try await DurableBench.run(folder) }
        if which == "runs" || which == "all" {
            let only = arguments.dropFirst().first
            for kind in RunsBench.Kind.allCases where only == nil || only == kind.rawValue {
                try await RunsBench(folder: folder, kind: kind, count: count ?? 2000).run()
            }
        }
        if which == "large" || which == "all" {
            try await LargeBench(folder: folder, count: count ?? 1_000_000).run()
        }
    }

    /// Prints one figure.
    static func figure(_ name: String, _ value: Double, _ unit: String) {
        let rounded = (value * 1000).rounded() / 1000
        print("\(name)\t\(rounded)\t\(unit)")
        fflush(nil)
    }

    /// Seconds that the body takes.
    static func seconds(_ body: () async throws -> Void) async rethrows -> Double {
        let start = BenchWorld().uptime()
        try await body()
        return (BenchWorld().uptime() - start) / .seconds(1)
    }

    /// CPU time of the whole process so far, in seconds.
    static var processor: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
