import EventPattern
import Foundation

/// Measures the matcher on folders that the workload generator wrote: `bench-match [--passes N] DIR…`.
///
/// For each folder: events a CPU second (median and best of the passes), p50 and p99 an event, compile time, bytes a
/// rule, matches and checksum, one thread, from raw JSON bytes.
@main
struct BenchMatch {
    static func main() throws {
        var folders = Array(CommandLine.arguments.dropFirst())
        var passes = 7
        if let flag = folders.firstIndex(of: "--passes") {
            passes = Int(folders[flag + 1]) ?? 7
            folders.removeSubrange(flag...(flag + 1))
        }
        print(Report.heading)
        for folder in folders { print(try Report(folder: folder, passes: passes).line) }
    }
}
