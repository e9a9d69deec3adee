import Foundation
import Testing

@testable import BelayProviders

/// Programs are started with nothing inherited, and end when they must.
@Suite struct ChildProcessesTests {
    private let children = ChildProcesses()

    private func shell(_ script: String, timeout: Duration = .seconds(20)) -> ChildCommand {
        var command = ChildCommand("/bin/sh")
        command.arguments = ["-c", script]
        command.environment = ["PATH": "/usr/bin:/bin"]
        command.timeout = timeout
        return command
    }

    private func runFailure(_ command: ChildCommand) async -> ChildError? {
        do throws(ChildError) {
            _ = try await children.run(command)
            return nil
        } catch { return error }
    }

    @Test func outputErrorAndStatusComeBack() async throws {
        let result = try await children.run(shell("echo out; echo err >&2; exit 3"))
        #expect(result.ending == .exited(3))
        #expect(result.stop == nil)
        #expect(result.output.text == "out\n")
        #expect(result.error.text == "err\n")
    }

    @Test func argumentsStayArguments() async throws {
        var command = ChildCommand("/usr/bin/printf")
        command.arguments = ["%s|", "; rm -rf /", "$(id)", "`id`", "a\nb", "--help", ""]
        let result = try await children.run(command)
        #expect(result.output.text == "; rm -rf /|$(id)|`id`|a\nb|--help||")
    }

    @Test func nothingIsInherited() async throws {
        setenv("BELAY_TEST_LEAK", "1", 1)
        let open = try FileHandle(forReadingFrom: URL(filePath: "/etc/passwd"))
        defer { try? open.close() }
        let result = try await children.run(
            shell("env | sort | cut -d= -f1 | tr '\\n' ' '; ls /proc/self/fd | wc -l; umask; pwd"))
        let words = result.output.text.split { $0 == " " || $0 == "\n" }.map(String.init)
        // The shell itself sets PWD; `ls` has one descriptor of its own, for the folder.
        #expect(words == ["PATH", "PWD", "4", "0077", "/"])
    }

    @Test func inputIsGivenWhole() async throws {
        var command = shell("wc -c")
        command.input = [UInt8](repeating: 65, count: 3_000_000)
        #expect(try await children.run(command).output.text.contains("3000000"))
    }

    @Test func aProgramThatDoesNotReadItsInputIsNoError() async throws {
        var command = shell("exec true")
        command.input = [UInt8](repeating: 65, count: 3_000_000)
        #expect(try await children.run(command).ending == .exited(0))
    }

    @Test func outputIsBoundedAndDigested() async throws {
        var command = shell("head -c 5000000 /dev/zero | tr '\\0' x")
        command.outputLimit = 1000
        let output = try await children.run(command).output
        #expect(output.isCut && output.whole == nil)
        #expect(output.count == 5_000_000)
        // sha256sum of 5,000,000 times "x".
        #expect(output.digest == "03a7bd518f3e4ecac11f2e77f7437928ba5d80ac0b2b26a523d90e7628bfd59b")
        #expect(output.text.utf8.count < 1_300)
    }

    @Test func theDeadlineEndsTheWholeGroup() async throws {
        let folder = try Fixtures.temporaryFolder()
        let mark = folder.appending(path: "pid").path(percentEncoded: false)
        let command = shell("sleep 60 & echo $! > \(mark); wait", timeout: .milliseconds(300))
        let result = try await children.run(command)
        #expect(result.stop == .deadline)
        #expect(result.ending == .signalled(15))
        let text = try String(contentsOfFile: mark, encoding: .utf8)
        let pid = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(await Processes.end(of: pid))
    }

    @Test func aProgramDeafToThePoliteSignalIsKilled() async throws {
        var command = shell("trap '' TERM; while :; do sleep 1; done", timeout: .milliseconds(200))
        command.grace = .milliseconds(200)
        let result = try await children.run(command)
        #expect(result.stop == .deadline)
        #expect(result.ending == .signalled(9))
    }

    @Test func aGrandchildThatHoldsThePipeDelaysNothing() async throws {
        let start = ContinuousClock.now
        let result = try await children.run(shell("sleep 300 & echo done"))
        #expect(result.ending == .exited(0))
        #expect(result.output.text == "done\n")
        #expect(ContinuousClock.now - start < .seconds(200))
    }

    @Test func cancellationEndsTheProgram() async throws {
        let command = shell("sleep 600", timeout: .seconds(600))
        let task = Task { try await children.run(command) }
        try await Task.sleep(for: .milliseconds(200))
        let start = ContinuousClock.now
        task.cancel()
        #expect(try await task.value.stop == .cancelled)
        #expect(ContinuousClock.now - start < .seconds(200))
    }

    @Test func whatCannotStartSaysWhy() async throws {
        #expect(await runFailure(ChildCommand("/nonexistent/program"))?.cause == .notFound)
        #expect(await runFailure(ChildCommand("/etc/passwd"))?.cause == .denied)
        #expect(await runFailure(ChildCommand("true"))?.cause == .invalid)
        var command = ChildCommand("/bin/true")
        command.directory = "/nonexistent"
        let error = await runFailure(command)
        #expect(error?.cause == .notFound)
        #expect(error?.message.contains("working folder") == true)
        command = ChildCommand("/bin/true")
        command.arguments = ["a\0b"]
        #expect(await runFailure(command)?.cause == .invalid)
    }

    @Test func memoryIsLimited() async throws {
        var command = ChildCommand(try #require(Peer.find("python3")))
        command.arguments = ["-c", "x = bytearray(2_000_000_000)"]
        command.environment = ["PATH": "/usr/bin:/bin", "HOME": NSHomeDirectory()]
        command.environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        command.memoryLimit = 500_000_000
        let result = try await children.run(command)
        #expect(result.ending != .exited(0))
    }

    /// Nothing is left of a tree of processes that are deaf to the polite signal, one of which begins others without
    /// end and all of which hold the output open.
    @Test func aForkBombIsEndedAtTheDeadline() async throws {
        let mark = try Fixtures.temporaryFolder().appending(path: "mark")
            .path(percentEncoded: false)
        let script = """
            trap '' TERM
            tree() { if [ $1 -gt 0 ]; then tree $(($1 - 1)) & tree $(($1 - 1)) & fi; exec sleep 600; }
            echo $$ $(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2) >\(mark).new
            tree 5 &
            mv \(mark).new \(mark)
            while :; do sleep 600 & sleep 0.05; done
            """
        var command = shell(script, timeout: .seconds(8))
        command.grace = .milliseconds(300)
        let bomb = command
        let task = Task { try await children.run(bomb) }
        #expect(await Processes.comes { FileManager.default.fileExists(atPath: mark) })
        let words = try String(contentsOfFile: mark, encoding: .utf8).split { $0.isWhitespace }
        let leader = try #require(words.first.flatMap { Int32($0) })
        let pipes = Set(words.dropFirst().map(String.init))
        #expect(pipes.count == 3)
        #expect(await Processes.comes { Processes.members(ofSession: leader).count > 40 })
        #expect(!pipes.isDisjoint(with: Processes.descriptors()))

        let result = try await task.value
        #expect(result.stop == .deadline)
        #expect(result.ending == .signalled(9))
        #expect(await Processes.comes { Processes.members(ofSession: leader).isEmpty })
        #expect(Processes.entry(leader) == nil, "the leader was not reaped")
        #expect(pipes.isDisjoint(with: Processes.descriptors()))
    }

    /// 1,000 programs; BELAY_TEST_PROGRAMS=10000 runs more and prints what was counted. Other tests of the same process
    /// have descriptors and memory of their own, so exact figures come from running this one alone.
    @Test func thousandsOfProgramsLeaveNothingBehind() async throws {
        let told = ProcessInfo.processInfo.environment["BELAY_TEST_PROGRAMS"].flatMap { Int($0) }
        let count = told ?? 1_000
        func batch(_ programs: Int) async -> Int {
            await withTaskGroup(of: Int.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        var ended = 0
                        for _ in 0..<(programs / 8 + (lane < programs % 8 ? 1 : 0))
                        where (try? await children.run(ChildCommand("/bin/true")))?.ending
                            == .exited(0)
                        {
                            ended += 1
                        }
                        return ended
                    }
                }
                return await group.reduce(0, +)
            }
        }
        #expect(await batch(200) == 200)
        let before = (childDescriptors(), try Processes.residentBytes())
        #expect(await batch(count) == count)
        let after = (childDescriptors(), try Processes.residentBytes())
        #expect(after.0 < before.0 + count / 2)
        #expect(await Processes.comes { Processes.zombies().isEmpty })
        let growth = (after.1 - before.1) >> 10
        // One page kept of each program would be 40 MB for 10,000.
        if told != nil { #expect(growth < 20 << 10) }
        if told != nil {
            print(
                "\(count) programs: descriptors \(before.0) to \(after.0), zombies \(Processes.zombies().count), "
                    + "resident memory \(before.1 >> 10) to \(after.1 >> 10) kB")
        }
    }

    /// Descriptors such as a child needs: sockets belong to other tests.
    private func childDescriptors() -> Int {
        Processes.descriptors().filter { $0.hasPrefix("pipe:") || $0.contains("pidfd") }.count
    }
}
